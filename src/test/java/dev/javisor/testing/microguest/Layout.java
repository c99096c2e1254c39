package dev.javisor.testing.microguest;

/** Where things are in a micro-guest's RAM, and its descriptors. */
final class Layout {
  /** 16-bit code with which other processors start; its page's number is their start-up vector. */
  static final long TRAMPOLINE = 0x4_0000;

  static final long IMAGE = 0x10_0000;
  static final long GDT = IMAGE;
  static final long IDT = IMAGE + 0x1000;
  static final long TASKS = IMAGE + 0x2000;
  static final int TASK_SIZE = 0x2100;
  static final int TASK_LIMIT = 104 + 8192;
  static final int MAX_RUNNING_CPUS = 16;
  static final long PAGE_TABLES = IMAGE + 0x2_4000;

  /** The page directory of {@link MicroGuest#WINDOWS}: the third of the tables. */
  static final long WINDOW_DIRECTORY = PAGE_TABLES + 0x2000;

  /** A page of kernel stack and a page of user stack for each processor. */
  static final long STACKS = IMAGE + 0xe_0000;

  static final int STACK_SHIFT = 13;
  static final long IMAGE_END = STACKS;

  static final int CODE_64 = 0x08;
  static final int DATA = 0x10;
  static final int USER_DATA = 0x18 | 3;
  static final int USER_CODE_64 = 0x20 | 3;
  static final int CODE_32 = 0x28;
  static final int FIRST_TASK = 0x30;

  static final long[] DESCRIPTORS = {
    0,
    0x00af_9b00_0000_ffffL,
    0x00cf_9300_0000_ffffL,
    0x00cf_f300_0000_ffffL,
    0x00af_fb00_0000_ffffL,
    0x00cf_9b00_0000_ffffL
  };

  private Layout() {}

  static long kernelStackTop(int cpu) {
    return STACKS + ((long) cpu << STACK_SHIFT) + 0x1000;
  }
}
