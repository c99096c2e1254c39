package dev.javisor;

import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.Initramfs;
import java.nio.file.Path;

/**
 * The part of {@link VirtualMachine.Builder} that is about what the machine boots.
 *
 * <pre>{@code
 * builder.kernel(Path.of("vmlinux")).initramfs(Path.of("initrd")).cmdline("console=ttyS0 panic=-1");
 * }</pre>
 *
 * <p>Threading: as the builder. Not meant to be implemented outside Javisor, but by mocks.
 *
 * @param <B> the builder, which each method returns
 */
public interface PayloadBuilder<B extends PayloadBuilder<B>> {
  /**
   * The file of the kernel: an ELF vmlinux with a PVH note, or a bzImage. A firmware that is such a
   * file may be passed here too.
   */
  B kernel(Path kernel);

  /**
   * The kernel in the file that it was given or shipped in. A bzImage unpacks itself in the guest;
   * {@code kernel(kernel.vmlinux())} saves the guest that work.
   */
  B kernel(GuestKernel kernel);

  /**
   * The file of a firmware, instead of a kernel: an ELF file with a PVH note, such as {@code
   * CLOUDHV.fd} of EDK2. It loads the boot loader or kernel that a disk has; there is no initramfs
   * and no command line then.
   */
  B firmware(Path firmware);

  /** The file of the initial RAM file system. Default: none. */
  B initramfs(Path initramfs);

  /**
   * The initial RAM file system, written by each {@link VirtualMachine.Builder#build} to a file
   * without a name, which takes room on the file system of {@code java.io.tmpdir}.
   */
  B initramfs(Initramfs initramfs);

  /**
   * The kernel's command line. Default {@code console=ttyS0}, or {@code console=hvc0} if {@link
   * VirtualMachine#console()} is the virtio console, which shows Linux there.
   *
   * @param cmdline at most 2047 bytes as UTF-8, which is what Linux takes on x86, without NUL
   */
  B cmdline(String cmdline);
}
