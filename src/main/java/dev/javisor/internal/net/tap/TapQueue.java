package dev.javisor.internal.net.tap;

import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.net.NetSender;
import dev.javisor.internal.net.SentFrame;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.TapDevice;

/**
 * One queue of a TAP interface, and the way out by it.
 *
 * <p>Threading: {@link #send} by one thread at a time, the rest by any.
 */
final class TapQueue implements NetSender {
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

  @Override
  public void send(SentFrame frame) {
    IoVector vector = frame.vector();
    long result;
    do {
      result = device.tryWriteVector(vector.address(), vector.count());
    } while (result == -Errno.EINTR);
    // Whatever the kernel has against it (a header that lies, an interface that is off, no memory),
    // a network may lose frames.
    frame.end(result < 0);
  }
}
