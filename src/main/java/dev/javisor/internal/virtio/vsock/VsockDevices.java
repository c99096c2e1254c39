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
   */
  public static VirtioDevice<VsockState> create(VsockConfig config, VsockHub hub, Scheduler timer) {
    return new VirtioVsock(config, hub, timer);
  }
}
