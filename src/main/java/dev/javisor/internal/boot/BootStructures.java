package dev.javisor.internal.boot;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.x86.BootRegisters;
import dev.javisor.internal.x86.PlatformLayout;
import java.util.List;

/** Writes into guest RAM what a kernel finds there beside itself. */
final class BootStructures {
  private BootStructures() {}

  /**
   * Writes command line, descriptor tables, and start info or zero page.
   *
   * @return what the boot processor starts with
   */
  static BootRegisters write(BootPlan plan, BootParameters parameters, GuestMemory memory) {
    memory.write(PlatformLayout.CMDLINE, plan.cmdline());
    BootRegisters registers;
    if (plan.kernel() instanceof BzImage bzImage) {
      ZeroPage.write(bzImage, plan, parameters, memory);
      registers = BootRegisters.linux32(bzImage.entry());
    } else {
      PvhStartInfo.write(plan, parameters, memory);
      registers = BootRegisters.pvh(plan.kernel().entry());
    }
    writeTables(registers, parameters, memory);
    return registers;
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
