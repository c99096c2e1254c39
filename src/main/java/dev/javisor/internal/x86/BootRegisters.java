package dev.javisor.internal.x86;

import java.util.List;

/**
 * What the boot processor's registers hold at the guest's first instruction: 32-bit protected mode,
 * flat segments, no paging, interrupts off. Registers without a name here are 0; CR3, CR4 and EFER
 * among them.
 *
 * <p>The processors beside it wait for a start-up IPI and keep the state that KVM gave them.
 *
 * @param rip the first instruction
 * @param rsp the stack pointer
 * @param rbx the start info of PVH, or 0
 * @param rsi the zero page of Linux, or 0
 * @param rflags the flags
 * @param cr0 control register 0
 * @param code CS
 * @param data DS, ES, FS, GS and SS
 * @param task TR
 * @param gdt the descriptor table's place
 * @param gdtEntries what lies there
 * @param idt the interrupt table's place; its one gate is 0
 */
public record BootRegisters(
    long rip,
    long rsp,
    long rbx,
    long rsi,
    long rflags,
    long cr0,
    Segment code,
    Segment data,
    Segment task,
    DescriptorTable gdt,
    List<Long> gdtEntries,
    DescriptorTable idt) {
  /** CR0.PE: protected mode. */
  public static final long CR0_PROTECTED = 1;

  private static final long RFLAGS_RESERVED = 2;
  private static final int CODE_ACCESS = 0xc09b;
  private static final int DATA_ACCESS = 0xc093;
  private static final int TASK_ACCESS = 0x008b;
  private static final int TASK_LIMIT = 0x67;
  private static final int FOUR_GIB = -1;
  private static final int DESCRIPTOR = Long.BYTES;

  /**
   * The entry of the PVH protocol: Xen docs/misc/pvh.pandoc, "x86/HVM direct boot ABI".
   *
   * @param entry the kernel's entry point, from its XEN_ELFNOTE_PHYS32_ENTRY
   */
  public static BootRegisters pvh(long entry) {
    Segment code = new Segment(0, FOUR_GIB, 0x08, CODE_ACCESS);
    Segment data = new Segment(0, FOUR_GIB, 0x10, DATA_ACCESS);
    Segment task = new Segment(0, TASK_LIMIT, 0x18, TASK_ACCESS);
    return of(entry, 0, PlatformLayout.PVH_START_INFO, 0, code, data, task);
  }

  /**
   * The 32-bit entry of the Linux boot protocol: Linux Documentation/arch/x86/boot.rst, "32-bit
   * Boot Protocol". It fixes the selectors: 0x10 for code, 0x18 for data.
   *
   * @param entry where the kernel's protected-mode part was loaded
   */
  public static BootRegisters linux32(long entry) {
    Segment code = new Segment(0, FOUR_GIB, 0x10, CODE_ACCESS);
    Segment data = new Segment(0, FOUR_GIB, 0x18, DATA_ACCESS);
    Segment task = new Segment(0, TASK_LIMIT, 0x08, TASK_ACCESS);
    return of(
        entry, PlatformLayout.BOOT_STACK_POINTER, 0, PlatformLayout.ZERO_PAGE, code, data, task);
  }

  private static BootRegisters of(
      long rip, long rsp, long rbx, long rsi, Segment code, Segment data, Segment task) {
    Long[] entries = {0L, 0L, 0L, 0L};
    for (Segment segment : List.of(code, data, task)) {
      entries[segment.selector() / DESCRIPTOR] = segment.descriptor();
    }
    return new BootRegisters(
        rip,
        rsp,
        rbx,
        rsi,
        RFLAGS_RESERVED,
        CR0_PROTECTED,
        code,
        data,
        task,
        new DescriptorTable(PlatformLayout.BOOT_GDT, entries.length * DESCRIPTOR - 1),
        List.of(entries),
        new DescriptorTable(PlatformLayout.BOOT_IDT, DESCRIPTOR - 1));
  }
}
