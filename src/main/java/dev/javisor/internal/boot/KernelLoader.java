package dev.javisor.internal.boot;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.x86.BootRegisters;
import dev.javisor.internal.x86.PlatformLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a kernel, its initramfs and what it is told into guest RAM. The files are read straight into
 * RAM, with no copy on the Java heap.
 *
 * <p>Threading: the caller's thread; no vCPU may run.
 */
public final class KernelLoader {
  private KernelLoader() {}

  /**
   * Finds what would keep a kernel from being loaded, before there is RAM.
   *
   * @param ramBytes the size of all RAM, at least 1 MiB
   * @return one mistake at most for each part of the payload; empty if all is well
   */
  public static List<PayloadException> check(
      KernelImage kernel, BootParameters parameters, long ramBytes) {
    List<PayloadException> mistakes = new ArrayList<>();
    List<Runnable> checks =
        List.of(
            () -> BootPlan.checkKernel(kernel, ramBytes),
            () -> BootPlan.cmdline(parameters.cmdline(), kernel.cmdlineLimit()),
            () ->
                parameters
                    .initramfs()
                    .ifPresent(file -> BootPlan.placeInitramfs(kernel, file, ramBytes)));
    for (Runnable check : checks) {
      try {
        check.run();
      } catch (PayloadException e) {
        mistakes.add(e);
      }
    }
    return mistakes;
  }

  /**
   * Loads a kernel. RAM that was used before must have been zeroed: {@link GuestMemory#discard()}.
   *
   * @return what the boot processor starts with
   * @throws PayloadException if something does not fit the RAM, or a file has shrunk since it was
   *     looked at
   * @throws dev.javisor.internal.sys.NativeException if a file cannot be read
   */
  public static BootRegisters load(
      KernelImage kernel, BootParameters parameters, GuestMemory memory) {
    BootPlan plan = BootPlan.of(kernel, parameters, memory.size());
    if (kernel instanceof ElfKernel elf) {
      loadElf(elf, memory);
    } else if (kernel instanceof BzImage bzImage) {
      read(PayloadPart.KERNEL, bzImage.file(), bzImage.codeOffset(), bzImage.loadRange(), memory);
    }
    parameters
        .initramfs()
        .ifPresent(
            file ->
                plan.initramfs()
                    .ifPresent(range -> read(PayloadPart.INITRAMFS, file, 0, range, memory)));
    memory.write(PlatformLayout.CMDLINE, plan.cmdline());
    BootRegisters registers;
    if (kernel instanceof BzImage bzImage) {
      ZeroPage.write(bzImage, plan, parameters, memory);
      registers = BootRegisters.linux32(kernel.entry());
    } else {
      PvhStartInfo.write(plan, parameters, memory);
      registers = BootRegisters.pvh(kernel.entry());
    }
    writeTables(registers, parameters, memory);
    return registers;
  }

  private static void loadElf(ElfKernel kernel, GuestMemory memory) {
    for (ElfSegment segment : kernel.segments()) {
      if (segment.fileBytes() > 0) {
        AddressRange range = new AddressRange(segment.range().base(), segment.fileBytes());
        read(PayloadPart.KERNEL, kernel.file(), segment.fileOffset(), range, memory);
      }
    }
  }

  private static void read(
      PayloadPart part, Fd file, long offset, AddressRange range, GuestMemory memory) {
    long hva = memory.hva(range.base(), range.size());
    long count = file.readFully(hva, range.size(), offset);
    if (count < range.size()) {
      throw new PayloadException(
          part,
          "the file has become shorter while it was read: 0x%x bytes instead of 0x%x from 0x%x on"
              .formatted(count, range.size(), offset));
    }
  }

  private static void writeTables(
      BootRegisters registers, BootParameters parameters, GuestMemory memory) {
    List<Long> entries = registers.gdtEntries();
    for (int i = 0; i < entries.size(); i++) {
      memory.writeLong(registers.gdt().base() + (long) i * Long.BYTES, entries.get(i));
    }
    memory.writeLong(registers.idt().base(), 0);
    if (parameters.rsdp() != 0) {
      // Where kernels look that do not take the root pointer from what they are told.
      memory.writeShort(PlatformLayout.EBDA_POINTER, (short) (PlatformLayout.EBDA >> 4));
    }
  }
}
