package dev.javisor.internal.legacy;

/**
 * The machine's side of the generic event device: how it tells the guest that something happened.
 */
public interface GenericEventDevice extends LegacyDevice<GenericEventState> {
  /** The status register's range on its bus, in bytes. */
  int SIZE = 1;

  /**
   * Sets bits of the status register and raises the interrupt. Bits that the guest has not read yet
   * stay set. What the bits mean is agreed upon with the DSDT.
   *
   * <p>Threading: any thread. Never blocks.
   *
   * @param events the bits to set, 1 to 255
   * @throws IllegalArgumentException if events is not 1 to 255
   */
  void signal(int events);
}
