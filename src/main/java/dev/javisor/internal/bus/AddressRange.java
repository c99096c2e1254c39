package dev.javisor.internal.bus;

/**
 * A range of ports or guest physical addresses.
 *
 * @param base the first address; compared unsigned
 * @param size the length in bytes, at least 1
 */
public record AddressRange(long base, long size) {
  public AddressRange {
    if (size <= 0 || (base < 0 && base + size > 0)) {
      throw new IllegalArgumentException(
          "not an address range: base 0x%x, size 0x%x".formatted(base, size));
    }
  }

  /** The last address of the range. */
  public long last() {
    return base + size - 1;
  }

  /** Whether the address lies in this range. */
  public boolean contains(long address) {
    return Long.compareUnsigned(address - base, size) < 0;
  }

  /** Whether the ranges share an address. */
  public boolean overlaps(AddressRange other) {
    return Long.compareUnsigned(base, other.last()) <= 0
        && Long.compareUnsigned(other.base, last()) <= 0;
  }

  @Override
  public String toString() {
    return "0x%x-0x%x".formatted(base, last());
  }
}
