package dev.javisor.config;

/** A token bucket at work. Threading: one thread at a time. */
final class TokenBucket {
  private final long size;
  private final double perNano;
  private double tokens;
  private long burst;
  private long awaited;
  private long filledAt;

  TokenBucket(RateLimit.Bucket bucket, long now) {
    size = bucket.size();
    perNano = (double) size / bucket.refill().toNanos();
    tokens = size;
    burst = bucket.oneTimeBurst();
    filledAt = now;
  }

  /** After how many nanoseconds there will be that many tokens; 0 if there are. */
  long lacks(long count, long now) {
    fill(now);
    long needed = Math.min(Math.max(0, count - burst), size);
    if (needed <= tokens) {
      return 0;
    }
    awaited = Math.max(awaited, needed);
    return (long) Math.ceil((needed - tokens) / perNano);
  }

  private void fill(long now) {
    // Tokens that somebody waits for are not what an idle device saves up: whoever comes a little
    // late finds them, and the rate holds.
    double most = (double) size + awaited;
    tokens = Math.min(most, tokens + (now - filledAt) * perNano);
    filledAt = now;
  }

  /** Takes tokens; after {@link #lacks} found that there are enough. */
  void take(long count) {
    long fromBurst = Math.min(burst, count);
    burst -= fromBurst;
    tokens -= count - fromBurst;
    awaited = 0;
  }
}
