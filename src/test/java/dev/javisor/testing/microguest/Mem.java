package dev.javisor.testing.microguest;

import org.jspecify.annotations.Nullable;

/**
 * A memory operand.
 *
 * @param base the register to which the displacement is added, or null
 * @param displacement bytes
 */
public record Mem(@Nullable Reg base, int displacement) {
  /** Memory at the address in a register. */
  public static Mem at(Reg base) {
    return new Mem(base, 0);
  }

  /** Memory at the address in a register plus a displacement. */
  public static Mem at(Reg base, int displacement) {
    return new Mem(base, displacement);
  }

  /**
   * Memory at a fixed address.
   *
   * @param address below 2 GiB; load higher ones into a register
   */
  public static Mem at(long address) {
    return new Mem(null, Math.toIntExact(address));
  }
}
