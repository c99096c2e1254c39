package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of the generic event device.
 *
 * @param version layout version, {@value #VERSION}
 * @param pending events that the guest has not read yet, 0 to 255
 */
public record GenericEventState(int version, int pending) implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
