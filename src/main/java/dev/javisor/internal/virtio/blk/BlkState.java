package dev.javisor.internal.virtio.blk;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of a disk device: requests are drained before it is taken.
 *
 * @param version of the layout
 * @param bytes the size that the driver knows; what it goes on with must have the same
 * @param writeback the cache mode that the driver chose
 */
public record BlkState(int version, long bytes, boolean writeback) implements DeviceState {
  /** The layout that this version of the class has. */
  public static final int VERSION = 1;
}
