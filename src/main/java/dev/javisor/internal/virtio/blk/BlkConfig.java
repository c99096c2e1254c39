package dev.javisor.internal.virtio.blk;

import dev.javisor.config.RateLimiter;
import dev.javisor.internal.virtio.QueueConfig;

/**
 * What a disk device is made with.
 *
 * @param id its name, unique in its machine
 * @param queues the number of request queues, 1 to {@link #MOST_QUEUES}
 * @param queueSize descriptors of each, a power of two from {@link #LEAST_QUEUE_SIZE} to {@link
 *     #MOST_QUEUE_SIZE}
 * @param limiter what its requests are kept to
 * @param serial what GET_ID tells, up to {@link #MOST_SERIAL} bytes of ASCII; longer is cut
 */
public record BlkConfig(String id, int queues, int queueSize, RateLimiter limiter, String serial) {
  /** The most queues: each is a thread of the host. */
  public static final int MOST_QUEUES = 64;

  /** The smallest queue: a request takes three descriptors, and sizes are powers of two. */
  public static final int LEAST_QUEUE_SIZE = 4;

  /** The largest queue: beyond it nothing gets faster. */
  public static final int MOST_QUEUE_SIZE = 1024;

  /** VIRTIO_BLK_ID_BYTES. */
  public static final int MOST_SERIAL = 20;

  public BlkConfig {
    if (queues < 1 || queues > MOST_QUEUES) {
      throw new IllegalArgumentException("%d queues, 1 to %d".formatted(queues, MOST_QUEUES));
    }
    if (!QueueConfig.validSize(queueSize)
        || queueSize < LEAST_QUEUE_SIZE
        || queueSize > MOST_QUEUE_SIZE) {
      throw new IllegalArgumentException("queue size %d".formatted(queueSize));
    }
  }
}
