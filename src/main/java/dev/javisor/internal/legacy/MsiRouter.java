package dev.javisor.internal.legacy;

/**
 * Where an I/O APIC's interrupts go: the machine turns its pins into MSI routes.
 *
 * <p>Threading: called by vCPU threads and by those that raise interrupts, one at a time, with the
 * I/O APIC's lock held. Must not call the I/O APIC, must not throw.
 */
public interface MsiRouter {
  /**
   * The guest gave a pin another message, or masked or unmasked it. Not called again while nothing
   * changes. All pins start out masked.
   *
   * <p>A masked pin is never {@linkplain #signal signalled}. Its former route may stay: for a
   * level-triggered pin it must, or KVM no longer tells of the end of an interrupt that is being
   * served.
   *
   * @param pin 0 to {@link IoApic#PINS} - 1
   * @param msiAddress address of the message, in the compatibility format: destination in bits
   *     19:12, its mode in bit 2; with extended destination ids bits 14:8 of the destination are in
   *     bits 11:5 (KVM wants them in the upper half instead: KVM api.rst KVM_SET_GSI_ROUTING)
   * @param msiData data of the message: vector in bits 7:0, delivery mode in 10:8, for a
   *     level-triggered pin bits 15 and 14; meaningless while masked
   * @param masked whether the pin raises no interrupt
   */
  void route(int pin, long msiAddress, int msiData, boolean masked);

  /** Sends the message of the pin's route once. The pin is not masked. */
  void signal(int pin);
}
