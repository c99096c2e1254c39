package dev.javisor.internal.virtio.blk;

import dev.javisor.internal.block.Disk;
import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.virtio.VirtioDevice;
import java.util.function.LongSupplier;

/** A disk as a virtio device. */
public interface VirtioDisk extends VirtioDevice<BlkState> {
  /**
   * Makes the device.
   *
   * @param disk belongs to the device from here on
   * @param nanoTime the clock of latencies and waits, as {@link System#nanoTime}
   * @param timer wakes queues that wait for their rate limit
   */
  static VirtioDisk create(BlkConfig config, Disk disk, LongSupplier nanoTime, Scheduler timer) {
    return new VirtioBlk(config, disk, nanoTime, timer);
  }

  /** What it counts. */
  @Override
  DeviceCounters counters();
}
