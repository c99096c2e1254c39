package dev.javisor.config;

import static java.util.Objects.requireNonNull;

/**
 * Keeps devices to a {@link RateLimit}. Devices that are given the same limiter share what it
 * allows; they may belong to several machines. A limit can be changed while they run.
 *
 * <pre>{@code
 * RateLimiter both = RateLimiter.of(RateLimit.operationsPerSecond(200));
 * builder
 *     .disk(disk -> disk.path(Path.of("one.raw")).rateLimiter(both))
 *     .disk(disk -> disk.path(Path.of("two.raw")).rateLimiter(both));
 * both.limit(RateLimit.operationsPerSecond(400)); // while they run
 * }</pre>
 *
 * <p>Threading: any thread. An implementation of your own must never block, as the threads of
 * queues call it.
 */
public interface RateLimiter {
  /** Lets everything pass, and cannot be changed. */
  RateLimiter UNLIMITED =
      new RateLimiter() {
        @Override
        public long acquire(long bytes) {
          return 0;
        }

        @Override
        public RateLimit limit() {
          return RateLimit.UNLIMITED;
        }

        @Override
        public void limit(RateLimit limit) {
          throw new UnsupportedOperationException("this limiter has no limit: make one by of()");
        }
      };

  /** Makes a limiter. */
  static RateLimiter of(RateLimit limit) {
    return new TokenBuckets(requireNonNull(limit, "limit"), System::nanoTime);
  }

  /**
   * Asks to do an operation now.
   *
   * @param bytes its data, 0 or more
   * @return 0 if it may be done, and is counted then; else after how many nanoseconds to ask again
   */
  long acquire(long bytes);

  /** The limit that applies. */
  RateLimit limit();

  /** Applies another limit from now on; who waits is let go after 100 ms at the latest. */
  void limit(RateLimit limit);
}
