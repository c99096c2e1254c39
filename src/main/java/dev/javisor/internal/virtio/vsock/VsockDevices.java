package dev.javisor.internal.virtio.vsock;

import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.virtio.VirtioDevice;
import dev.javisor.internal.vsock.VsockHub;

/** Makes vsock devices. */
public final class VsockDevices {
  private VsockDevices() {}

  /**
   * Makes a device.
   *
   * @param hub the connections, which end with the device
   * @param timer runs what is due later
   * @param end runs once the device is closed
   */
  public static VirtioDevice<VsockState> create(
      VsockConfig config, VsockHub hub, Scheduler timer, Runnable end) {
    return new VirtioVsock(config, hub, timer, end);
  }
}
