package dev.javisor.internal.pci;

/** Bounds of what devices are made of, and of saved states, which may come from files. */
final class PciCheck {
  private PciCheck() {}

  /** Refuses values with bits outside the mask. */
  static void bits(String name, int value, int mask) {
    if ((value & ~mask) != 0) {
      throw new IllegalArgumentException("%s: 0x%x, mask is 0x%x".formatted(name, value, mask));
    }
  }

  /** Refuses what does not hold. */
  static void that(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what);
    }
  }

  /** Refuses versions other than the known one. */
  static void version(String name, int version, int known) {
    if (version != known) {
      throw new IllegalArgumentException(
          "%s: version %d, known is %d".formatted(name, version, known));
    }
  }
}
