package dev.javisor.internal.boot;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.x86.MemoryMap;
import dev.javisor.internal.x86.PlatformLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * What goes where in guest RAM; made before there is any, so that what does not fit is found before
 * anything is allocated.
 */
final class BootPlan {
  private static final long PAGE = 4096;
  private static final long MIB = 1L << 20;

  private final KernelImage kernel;
  private final byte[] cmdline;
  private final Optional<AddressRange> initramfs;

  private BootPlan(KernelImage kernel, byte[] cmdline, Optional<AddressRange> initramfs) {
    this.kernel = kernel;
    this.cmdline = cmdline;
    this.initramfs = initramfs;
  }

  /**
   * Plans a boot.
   *
   * @param ramBytes the size of all RAM, at least 1 MiB
   * @throws PayloadException if something does not fit
   */
  static BootPlan of(KernelImage kernel, BootParameters parameters, long ramBytes) {
    checkKernel(kernel, ramBytes);
    return new BootPlan(
        kernel,
        cmdline(parameters.cmdline(), kernel.cmdlineLimit()),
        parameters.initramfs().flatMap(file -> placeInitramfs(kernel, file, ramBytes)));
  }

  KernelImage kernel() {
    return kernel;
  }

  /** The command line's bytes, without the terminating NUL. */
  byte[] cmdline() {
    return cmdline.clone();
  }

  /** Where the initramfs goes, if there is one. */
  Optional<AddressRange> initramfs() {
    return initramfs;
  }

  static void checkKernel(KernelImage kernel, long ramBytes) {
    List<AddressRange> ram = MemoryMap.ramRanges(ramBytes);
    for (AddressRange range : kernel.footprint()) {
      for (AddressRange structure : PlatformLayout.bootStructures()) {
        if (range.overlaps(structure)) {
          throw PayloadException.kernel(
              "the kernel wants to be at %s, where the boot structures are (%s)", range, structure);
        }
      }
      if (ram.stream().noneMatch(r -> r.contains(range.base()) && r.contains(range.last()))) {
        throw outsideRam(range, ramBytes);
      }
    }
  }

  private static PayloadException outsideRam(AddressRange range, long ramBytes) {
    if (range.last() < PlatformLayout.PCI_MMIO_32.base()) {
      return PayloadException.kernel(
          "the kernel needs the RAM at %s, and the guest has %d MiB: give it %d MiB or more",
          range, ramBytes / MIB, range.last() / MIB + 1);
    }
    return PayloadException.kernel(
        "the kernel wants to be at %s, where the guest has no RAM", range);
  }

  static byte[] cmdline(String text, int limit) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int nul = text.indexOf('\0');
    if (nul >= 0) {
      throw new PayloadException(
          PayloadPart.CMDLINE, "the character at index %d is NUL, where it ends".formatted(nul));
    }
    if (bytes.length > limit) {
      throw new PayloadException(
          PayloadPart.CMDLINE,
          "%d bytes long; this kernel reads %d at most".formatted(bytes.length, limit));
    }
    return bytes;
  }

  /** At the top of the RAM below the hole, as far as the kernel looks. */
  static Optional<AddressRange> placeInitramfs(KernelImage kernel, Fd file, long ramBytes) {
    long size = file.size();
    if (size == 0) {
      return Optional.empty();
    }
    AddressRange ram = MemoryMap.ramRanges(ramBytes).get(0);
    long top = Math.min(ram.size(), kernel.lastInitramfsAddress() + 1);
    long start = (top - size) & -PAGE;
    long bottom =
        kernel.footprint().stream()
            .map(range -> range.last() + 1)
            .filter(end -> end <= ram.size())
            .reduce(PlatformLayout.HIGH_RAM, Math::max);
    if (start < bottom) {
      throw new PayloadException(
          PayloadPart.INITRAMFS,
          "its 0x%x bytes do not fit between the kernel's end (0x%x) and the end of the RAM where"
                  .formatted(size, bottom)
              + " the kernel looks for it (0x%x): ".formatted(top)
              + remedy(bottom, size, kernel.lastInitramfsAddress()));
    }
    return Optional.of(new AddressRange(start, size));
  }

  private static String remedy(long bottom, long size, long last) {
    long needed = bottom + (size + PAGE - 1 & -PAGE);
    long most = Math.min(PlatformLayout.PCI_MMIO_32.base(), last + 1);
    return needed < 0 || needed > most
        ? "make it smaller"
        : "give the guest %d MiB or more".formatted((needed + MIB - 1) / MIB);
  }
}
