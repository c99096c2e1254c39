package dev.javisor.internal.virtio.net;

import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.virtio.QueueConfig;

/**
 * What a network device is made with.
 *
 * @param id its name, unique in its machine
 * @param mac the guest's address
 * @param pairs of queues, 1 to {@link #MOST_PAIRS}
 * @param queueSize descriptors of each, a power of two from {@link #LEAST_QUEUE_SIZE} to {@link
 *     #MOST_QUEUE_SIZE}
 * @param mtu the longest payload of a frame in bytes, {@link #LEAST_MTU} to {@link #MOST_MTU}
 * @param limiters what its frames are kept to
 */
public record NicConfig(
    String id, MacAddress mac, int pairs, int queueSize, int mtu, NicLimiters limiters) {
  /** The most pairs of queues: each is two threads of the host. */
  public static final int MOST_PAIRS = 64;

  /** The smallest queue. */
  public static final int LEAST_QUEUE_SIZE = 2;

  /** The largest queue: beyond it nothing gets faster. */
  public static final int MOST_QUEUE_SIZE = 4096;

  /** The least that a device may tell: virtio 1.3 §5.1.4.1. */
  public static final int LEAST_MTU = 68;

  /** The most that the field holds. */
  public static final int MOST_MTU = 65535;

  public NicConfig {
    if (pairs < 1 || pairs > MOST_PAIRS) {
      throw new IllegalArgumentException("%d pairs, 1 to %d".formatted(pairs, MOST_PAIRS));
    }
    if (!QueueConfig.validSize(queueSize)
        || queueSize < LEAST_QUEUE_SIZE
        || queueSize > MOST_QUEUE_SIZE) {
      throw new IllegalArgumentException("queue size %d".formatted(queueSize));
    }
    if (mtu < LEAST_MTU || mtu > MOST_MTU) {
      throw new IllegalArgumentException("MTU %d".formatted(mtu));
    }
    if (mac.isMulticast()) {
      throw new IllegalArgumentException(mac + " is no station's address");
    }
  }
}
