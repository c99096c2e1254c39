package dev.javisor.internal.virtio.net;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of a network device: frames are drained before it is taken, and its address and MTU
 * belong to its configuration.
 *
 * @param version of the layout
 * @param linkUp whether the cable is plugged in
 * @param announce whether the driver is asked to announce itself
 * @param pairs of queues that the driver uses
 * @param guestOffloads what the driver takes over in frames that it gets, as feature bits; 0 also
 *     where no driver is at work
 */
public record NetState(int version, boolean linkUp, boolean announce, int pairs, long guestOffloads)
    implements DeviceState {
  /** The layout that this version of the class has. */
  public static final int VERSION = 1;
}
