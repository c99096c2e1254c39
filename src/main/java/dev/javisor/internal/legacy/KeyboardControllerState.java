package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of what there is of a keyboard controller.
 *
 * @param version layout version, {@value #VERSION}
 * @param systemControl what the guest wrote to port B, bits 3:0
 */
public record KeyboardControllerState(int version, int systemControl) implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
