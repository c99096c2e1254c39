package dev.javisor.internal.net.tap;

import dev.javisor.internal.sys.TapDevice;

/**
 * One queue of a TAP interface.
 *
 * <p>Threading: any thread.
 */
final class TapQueue {
  private final TapDevice device;
  private volatile boolean enabled = true;

  TapQueue(TapDevice device) {
    this.device = device;
  }

  TapDevice device() {
    return device;
  }

  /** Whether the kernel hands frames to this queue. */
  boolean enabled() {
    return enabled;
  }

  /**
   * Lets the queue take part, or not.
   *
   * @return whether that is so now
   */
  boolean enable(boolean enable) {
    if (enable == enabled) {
      return true;
    }
    // Its receiver must not take a queue that is off for an interface that is gone.
    enabled = false;
    if (device.enableQueue(enable) < 0) {
      return false;
    }
    enabled = enable;
    return true;
  }
}
