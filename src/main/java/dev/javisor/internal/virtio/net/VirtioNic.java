package dev.javisor.internal.virtio.net;

import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.virtio.VirtioDevice;
import java.util.function.LongSupplier;

/** A network card as a virtio device. */
public interface VirtioNic extends VirtioDevice<NetState> {
  /**
   * Makes the device.
   *
   * @param port belongs to the device from here on
   * @param nanoTime a clock, as {@link System#nanoTime}
   * @param timer wakes queues that wait for their rate limit
   */
  static VirtioNic create(NicConfig config, NetPort port, LongSupplier nanoTime, Scheduler timer) {
    return new VirtioNet(config, port, nanoTime, timer);
  }

  /** Whether the cable is plugged in. */
  boolean linkUp();

  /** Plugs the cable in or out. Any thread. */
  void link(boolean up);

  /** Asks the driver to tell the network where it is, if it can (gratuitous ARP). Any thread. */
  void announce();

  /** What it counts. */
  @Override
  DeviceCounters counters();
}
