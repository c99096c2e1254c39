package dev.javisor.guest;

import dev.javisor.error.GuestKernelUnavailableException;
import java.nio.file.Path;
import java.util.List;

/**
 * A Linux kernel for guests, with its modules: one of the user's own, the host's, or a
 * distribution's. Its files are there and stay as they are while this object is in use.
 *
 * <pre>{@code
 * GuestKernel kernel = GuestKernel.debian();
 * Initramfs initramfs =
 *     Initramfs.builder()
 *         .busybox(GuestPackages.debian().busybox())
 *         .modules(kernel, "virtio_pci", "virtio_net")
 *         .init("ip link; sh")
 *         .build();
 * builder.kernel(kernel).initramfs(initramfs);
 * }</pre>
 *
 * <p>The factories throw {@link GuestKernelUnavailableException}, which says what to do, where the
 * kernel cannot be had.
 */
public interface GuestKernel {
  /**
   * The kernel in a file. It has no modules to load.
   *
   * @param image a bzImage or an ELF vmlinux
   */
  static GuestKernel of(Path image) {
    return FileKernel.of(image);
  }

  /**
   * The kernel in a file, and its modules.
   *
   * @param image a bzImage or an ELF vmlinux
   * @param modules the folder {@code lib/modules/RELEASE} that belongs to it
   */
  static GuestKernel of(Path image, Path modules) {
    return FileKernel.of(image, modules);
  }

  /**
   * The newest kernel in the host's {@code /boot} that may be read, with its modules if the host
   * has them.
   */
  static GuestKernel host() {
    return HostKernels.newest(Path.of("/boot"), Path.of("/lib/modules"));
  }

  /**
   * Debian's kernel for clouds, from the cache or a mirror; nothing gets installed. {@link
   * GuestPackages} has the choices.
   */
  static GuestKernel debian() {
    return GuestPackages.debian().kernel();
  }

  /**
   * Ubuntu's kernel for virtual machines, from the cache or a mirror; nothing gets installed.
   * {@link GuestPackages} has the choices.
   */
  static GuestKernel ubuntu() {
    return GuestPackages.ubuntu().kernel();
  }

  /** The kernel file as it was given or shipped: a bzImage, or an ELF vmlinux. */
  Path image();

  /**
   * The ELF vmlinux: what the bzImage has inside, kept in the cache, or {@link #image()} where that
   * is one.
   *
   * @throws GuestKernelUnavailableException if the image is neither a bzImage nor an ELF file, is
   *     damaged, or is compressed in a way that is not supported
   */
  Path vmlinux();

  /** The kernel's release, such as {@code 6.1.0-1-cloud-amd64}. */
  String release();

  /**
   * The files to load for some modules, each behind those that it needs; they may be compressed.
   * What is built into the kernel is left out.
   *
   * @param names such as {@code virtio_blk}, with {@code -} or {@code _}
   * @throws IllegalArgumentException if the kernel has no such module
   * @throws GuestKernelUnavailableException if this kernel came without modules, or they cannot be
   *     read
   */
  List<Path> modules(String... names);
}
