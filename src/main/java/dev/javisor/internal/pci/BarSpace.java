package dev.javisor.internal.pci;

import dev.javisor.internal.bus.AddressRange;

/**
 * Gives out the addresses of a window, from its base up, each aligned to its size.
 *
 * <p>Threading: under the bus's lock.
 */
final class BarSpace {
  private final AddressRange window;
  private long next;

  BarSpace(AddressRange window) {
    this.window = window;
    next = window.base();
  }

  /**
   * Takes a range.
   *
   * @param size a power of two
   * @throws IllegalStateException if the window has no more room
   */
  long take(String what, long size) {
    long base = (next + size - 1) & -size;
    if (base < next || base > window.last() || window.last() - base < size - 1) {
      throw new IllegalStateException(
          "%s: no 0x%x bytes left in the PCI window %s".formatted(what, size, window));
    }
    next = base + size;
    return base;
  }
}
