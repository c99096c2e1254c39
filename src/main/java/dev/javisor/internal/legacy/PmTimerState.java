package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of the ACPI power management timer.
 *
 * @param version layout version, {@value #VERSION}
 * @param counter its value, 0 to 2^32 - 1
 */
public record PmTimerState(int version, long counter) implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
