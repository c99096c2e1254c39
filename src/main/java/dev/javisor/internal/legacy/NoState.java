package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of a device that remembers nothing.
 *
 * @param version layout version, {@value #VERSION}
 */
public record NoState(int version) implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
