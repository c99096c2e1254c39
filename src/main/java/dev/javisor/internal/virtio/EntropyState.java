package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of an entropy device, which keeps nothing between requests.
 *
 * @param version layout version, {@value #VERSION}
 */
public record EntropyState(int version) implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
