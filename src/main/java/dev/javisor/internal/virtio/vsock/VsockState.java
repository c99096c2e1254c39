package dev.javisor.internal.virtio.vsock;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of a vsock device. Connections are not part of it: where it is restored there are none,
 * and the driver is told.
 *
 * @param version of the layout
 */
public record VsockState(int version) implements DeviceState {
  /** The layout that this version of the class has. */
  public static final int VERSION = 1;
}
