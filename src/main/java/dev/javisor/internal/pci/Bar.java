package dev.javisor.internal.pci;

import dev.javisor.internal.bus.BusDevice;

/**
 * A range of memory that a function decodes, wherever the guest puts it.
 *
 * <p>Source: PCI 3.0 §6.2.5.1. Threading: immutable.
 *
 * @param index the first of the registers 0 to 5 that it takes; a 64-bit BAR takes two
 * @param size bytes, a power of two from 16 on; below 2 GiB where the BAR has 32 bits
 * @param wide whether it has 64 bits and is put above 4 GiB at first
 * @param prefetchable whether reads have no side effects
 * @param registers what is inside: gets accesses that lie within the size, of 1, 2, 4 or 8 bytes
 */
public record Bar(int index, long size, boolean wide, boolean prefetchable, BusDevice registers) {
  private static final int REGISTERS = 6;
  private static final long MIN_SIZE = 16;
  private static final long MAX_SIZE_32 = 1L << 30;
  private static final long MAX_SIZE_64 = 1L << 40;
  private static final int TYPE_64 = 4;
  private static final int PREFETCHABLE = 8;

  public Bar {
    PciCheck.that(index >= 0 && index + (wide ? 1 : 0) < REGISTERS, "BAR " + index);
    PciCheck.that(
        Long.bitCount(size) == 1 && size >= MIN_SIZE && size <= (wide ? MAX_SIZE_64 : MAX_SIZE_32),
        "BAR %d of 0x%x bytes".formatted(index, size));
  }

  /** A BAR of 32 bits, not prefetchable: firmware that maps 4 GiB only reaches it. */
  public static Bar memory32(int index, long size, BusDevice registers) {
    return new Bar(index, size, false, false, registers);
  }

  /** A BAR of 64 bits, not prefetchable. */
  public static Bar memory64(int index, long size, BusDevice registers) {
    return new Bar(index, size, true, false, registers);
  }

  /** Where its register is in configuration space. */
  int offset() {
    return 0x10 + 4 * index;
  }

  /** Defines its registers, with the address that it has after a reset. */
  void writeTo(ConfigSpace config, long address) {
    int flags = (wide ? TYPE_64 : 0) | (prefetchable ? PREFETCHABLE : 0);
    config.define(offset(), 4, (int) address | flags, (int) -size);
    if (wide) {
      config.define(offset() + 4, 4, (int) (address >>> 32), (int) (-size >>> 32));
    }
  }

  /** Where the guest put it. */
  long address(ConfigSpace config) {
    long low = config.word(offset()) & -MIN_SIZE & 0xffff_ffffL;
    return wide ? low | (long) config.word(offset() + 4) << 32 : low;
  }
}
