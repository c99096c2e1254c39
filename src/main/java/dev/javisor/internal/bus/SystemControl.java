package dev.javisor.internal.bus;

/**
 * What a device may ask of the whole machine.
 *
 * <p>Threading: called on vCPU threads. Returns at once; the machine acts on it after the vCPU's
 * exit is done. Later calls, of whatever kind, are ignored: Linux sends a second reset after the
 * first.
 */
public interface SystemControl {
  /** The guest switched the machine off (ACPI S5). */
  void powerOff();

  /**
   * The guest asked for a reset, by whatever device: ACPI reset register or keyboard controller.
   */
  void reset();

  /**
   * The guest did not set its watchdog back in time. Called on a thread of the machine's timer,
   * with the watchdog's lock held.
   */
  default void watchdog() {}

  /** The guest's kernel said that it panicked. */
  default void panic() {}
}
