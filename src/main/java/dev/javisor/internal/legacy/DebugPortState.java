package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of the debug port.
 *
 * @param version layout version, {@value #VERSION}
 * @param last the code written last, 0 to 255, which the guest can read back
 */
public record DebugPortState(int version, int last) implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
