package dev.javisor.internal.net;

import java.util.Map;

/**
 * Where a network device's cable ends. Frames have a virtio header of {@link #HEADER} bytes in
 * front.
 *
 * <p>Threading: any thread. Nothing here throws for what guests do.
 */
public interface NetPort extends AutoCloseable {
  /** Bytes of the header in front of each frame: virtio 1.3 §5.1.6. */
  int HEADER = 12;

  /** What it is, for logs. */
  String description();

  /** The longest payload of a frame in bytes. */
  int mtu();

  /** What both sides may leave to the other one. Constant. */
  Offloads offloads();

  /** The most pairs of queues. Constant. */
  int pairs();

  /**
   * Makes a queue's way out. Called by the queue's worker.
   *
   * @param pair the pair of queues, from 0
   */
  NetSender sender(int pair, NetWaker waker);

  /**
   * Makes a queue's way in. Called by the queue's worker.
   *
   * @param sink takes frames at any time, for ports that are called and do not call
   */
  NetReceiver receiver(int pair, FrameSink sink, NetWaker waker);

  /**
   * Says what the guest takes over for frames that it gets from here on.
   *
   * @return whether that is so now
   */
  boolean accept(Offloads offloads);

  /**
   * Says how many pairs of queues, from the first on, the guest uses from here on.
   *
   * @return whether that is so now
   */
  boolean usePairs(int count);

  /** Shows the other side whether the cable is plugged in. */
  default void link(boolean up) {}

  /** What it counts beside the device, by names. */
  default Map<String, Long> counters() {
    return Map.of();
  }

  /** Gives back what it holds; all senders and receivers are closed. */
  @Override
  void close();
}
