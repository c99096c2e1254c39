package dev.javisor.internal.x86;

/**
 * A segment register with what the processor has loaded behind it.
 *
 * <p>Source: SDM Vol 3A, "Segment Descriptors".
 *
 * @param base the linear address of its first byte
 * @param limit its last offset in bytes, unsigned, whatever the granularity
 * @param selector its place in the GDT
 * @param access the descriptor's attributes, as its second word holds them from bit 8 on: bits 0-3
 *     type, 4 S, 5-6 DPL, 7 P, 12 AVL, 13 L, 14 D/B, 15 G; bits 8-11 are 0
 */
public record Segment(long base, int limit, int selector, int access) {
  private static final int GRANULARITY = 1 << 15;

  /** The type field. */
  public int type() {
    return access & 0xf;
  }

  /** Whether it is a code or data segment, not a system one. */
  public boolean codeOrData() {
    return bit(4);
  }

  /** The descriptor privilege level. */
  public int dpl() {
    return access >> 5 & 3;
  }

  /** Whether it is present. */
  public boolean present() {
    return bit(7);
  }

  /** The bit that is left to system software. */
  public boolean available() {
    return bit(12);
  }

  /** Whether it holds 64-bit code. */
  public boolean longMode() {
    return bit(13);
  }

  /** Whether operands and addresses have 32 bits by default. */
  public boolean defaultBig() {
    return bit(14);
  }

  /** Whether the descriptor counts its limit in pages. */
  public boolean pageGranular() {
    return bit(15);
  }

  /** The descriptor that a GDT holds for it. */
  public long descriptor() {
    long low20 = (access & GRANULARITY) != 0 ? limit >>> 12 : limit & 0xf_ffff;
    return (low20 & 0xffff)
        | (base & 0xff_ffff) << 16
        | (access & 0xf0ffL) << 40
        | (low20 & 0xf_0000) << 32
        | (base & 0xff00_0000L) << 32;
  }

  private boolean bit(int number) {
    return (access >> number & 1) != 0;
  }
}
