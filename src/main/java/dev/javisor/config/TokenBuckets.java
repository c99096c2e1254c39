package dev.javisor.config;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A limiter of token buckets. Threading: any thread; guarded by {@code this}. */
final class TokenBuckets implements RateLimiter {
  private final LongSupplier nanoTime;
  private RateLimit limit = RateLimit.UNLIMITED;
  private @Nullable TokenBucket bytes;
  private @Nullable TokenBucket operations;

  /**
   * @param nanoTime the clock, as {@link System#nanoTime}
   */
  TokenBuckets(RateLimit limit, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    limit(limit);
  }

  @Override
  public synchronized long acquire(long count) {
    long now = nanoTime.getAsLong();
    long wait =
        Math.max(
            bytes == null ? 0 : bytes.lacks(count, now),
            operations == null ? 0 : operations.lacks(1, now));
    if (wait == 0) {
      if (bytes != null) {
        bytes.take(count);
      }
      if (operations != null) {
        operations.take(1);
      }
    }
    return wait;
  }

  @Override
  public synchronized RateLimit limit() {
    return limit;
  }

  @Override
  public final synchronized void limit(RateLimit limit) {
    this.limit = requireNonNull(limit, "limit");
    bytes = bucket(limit.bytes());
    operations = bucket(limit.operations());
  }

  private @Nullable TokenBucket bucket(Optional<RateLimit.Bucket> bucket) {
    return bucket.map(b -> new TokenBucket(b, nanoTime.getAsLong())).orElse(null);
  }

  @Override
  public String toString() {
    return "RateLimiter[" + limit() + "]";
  }
}
