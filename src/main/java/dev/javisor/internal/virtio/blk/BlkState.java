package dev.javisor.internal.virtio.blk;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of a disk device: requests are drained before it is taken, and its size belongs to the
 * disk.
 *
 * @param version of the layout
 * @param writeback the cache mode that the driver chose
 */
public record BlkState(int version, boolean writeback) implements DeviceState {
  /** The layout that this version of the class has. */
  public static final int VERSION = 1;
}
