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
 * @param pollNanos how long a queue's worker may look for requests before it sleeps, up to {@link
 *     #MOST_POLL_NANOS}; 0 for not at all
 */
public record BlkConfig(
    String id, int queues, int queueSize, RateLimiter limiter, String serial, long pollNanos) {
  /** The most queues: each is a thread of the host. */
  public static final int MOST_QUEUES = 64;

  /** The smallest queue: a request takes three descriptors, and sizes are powers of two. */
  public static final int LEAST_QUEUE_SIZE = 4;

  /** The largest queue: beyond it nothing gets faster. */
  public static final int MOST_QUEUE_SIZE = 1024;

  /** VIRTIO_BLK_ID_BYTES. */
  public static final int MOST_SERIAL = 20;

  /** The longest look for requests before a sleep: beyond it waking up costs nothing any more. */
  public static final long MOST_POLL_NANOS = 1_000_000;

  public BlkConfig {
    if (pollNanos < 0 || pollNanos > MOST_POLL_NANOS) {
      throw new IllegalArgumentException("polling for %d ns".formatted(pollNanos));
    }
    if (queues < 1 || queues > MOST_QUEUES) {
      throw new IllegalArgumentException("%d queues, 1 to %d".formatted(queues, MOST_QUEUES));
    }
    if (!QueueConfig.validSize(queueSize)
        || queueSize < LEAST_QUEUE_SIZE
        || queueSize > MOST_QUEUE_SIZE) {
      throw new IllegalArgumentException("queue size %d".formatted(queueSize));
    }
  }

  /** A device that does not poll. */
  public BlkConfig(String id, int queues, int queueSize, RateLimiter limiter, String serial) {
    this(id, queues, queueSize, limiter, serial, 0);
  }
}
