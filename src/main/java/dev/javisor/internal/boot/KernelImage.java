package dev.javisor.internal.boot;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.sys.Fd;
import java.util.List;

/**
 * A kernel or firmware file whose headers have been read and found good. Nothing in it is bigger or
 * elsewhere than the file allows; whether it fits the guest's RAM is {@link BootPlan}'s question.
 *
 * <p>Threading: immutable; the file stays the caller's.
 */
public sealed interface KernelImage permits ElfKernel, BzImage {
  /**
   * Reads the headers of a kernel: an ELF file with a PVH note, or a bzImage.
   *
   * @param file the kernel, open for reading until it has been loaded for the last time
   * @throws PayloadException if it is no kernel that can be booted
   * @throws dev.javisor.internal.sys.NativeException if it cannot be read
   */
  static KernelImage read(Fd file) {
    return KernelFormat.read(new KernelFile(file));
  }

  /** The file it is in. */
  Fd file();

  /** The gpa of its first instruction. */
  long entry();

  /** The guest physical ranges that it takes, from loading on until it knows the memory map. */
  List<AddressRange> footprint();

  /** The longest command line that it reads, in bytes, without the terminating NUL. */
  int cmdlineLimit();

  /** The last gpa that its initramfs may take. */
  long lastInitramfsAddress();
}
