package dev.javisor.config;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;

/**
 * How much a device may do: bytes in a time, operations in a time, or both. What applies it is a
 * {@link RateLimiter}.
 *
 * <pre>{@code
 * RateLimit limit = RateLimit.bytesPerSecond(10_000_000).andOperationsPerSecond(100);
 * }</pre>
 *
 * @param bytes limits bytes of data; empty for as many as there are
 * @param operations limits requests of a disk, or frames of a network device; empty for as many as
 *     there are
 */
public record RateLimit(Optional<Bucket> bytes, Optional<Bucket> operations) {
  /** No limit. */
  public static final RateLimit UNLIMITED = new RateLimit(Optional.empty(), Optional.empty());

  /** Checks that nothing is null. */
  public RateLimit {
    requireNonNull(bytes, "bytes");
    requireNonNull(operations, "operations");
  }

  /** That many bytes a second, the first tenth of a second's at once. */
  public static RateLimit bytesPerSecond(long bytes) {
    return UNLIMITED.andBytes(Bucket.perSecond(bytes));
  }

  /** That many operations a second, the first tenth of a second's at once. */
  public static RateLimit operationsPerSecond(long operations) {
    return UNLIMITED.andOperations(Bucket.perSecond(operations));
  }

  /** This limit, with that many bytes a second. */
  public RateLimit andBytesPerSecond(long bytes) {
    return andBytes(Bucket.perSecond(bytes));
  }

  /** This limit, with that many operations a second. */
  public RateLimit andOperationsPerSecond(long operations) {
    return andOperations(Bucket.perSecond(operations));
  }

  /** This limit, with another one of bytes. */
  public RateLimit andBytes(Bucket bytes) {
    return new RateLimit(Optional.of(bytes), operations);
  }

  /** This limit, with another one of operations. */
  public RateLimit andOperations(Bucket operations) {
    return new RateLimit(bytes, Optional.of(operations));
  }

  /**
   * A token bucket. It is full at first, and is refilled steadily; a request takes a token for each
   * byte, or for itself, and waits until there are enough. What is larger than the bucket waits for
   * a full one and leaves it in debt, so that the rate holds.
   *
   * @param size the tokens that fit the bucket, 1 to 2<sup>50</sup>: as much passes at once after a
   *     quiet time
   * @param refill how long it takes to fill it when it is empty, 1 microsecond to 1 day; size by
   *     refill is the rate, exact for short times too
   * @param oneTimeBurst tokens that are there once, before the bucket's, 0 to 2<sup>50</sup>
   */
  public record Bucket(long size, Duration refill, long oneTimeBurst) {
    private static final long MOST = 1L << 50;
    private static final Duration LEAST_REFILL = Duration.ofNanos(1000);
    private static final Duration MOST_REFILL = Duration.ofDays(1);
    private static final int SHARE_OF_A_SECOND = 10;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException naming the value that is out of its bounds
     */
    public Bucket {
      if (size < 1 || size > MOST) {
        throw new IllegalArgumentException("bucket size %d: expected 1 to 2^50".formatted(size));
      }
      if (refill.compareTo(LEAST_REFILL) < 0 || refill.compareTo(MOST_REFILL) > 0) {
        throw new IllegalArgumentException(
            "refill time %s: expected 1 microsecond to 1 day".formatted(refill));
      }
      if (oneTimeBurst < 0 || oneTimeBurst > MOST) {
        throw new IllegalArgumentException(
            "one-time burst %d: expected 0 to 2^50".formatted(oneTimeBurst));
      }
    }

    /** A bucket without a one-time burst. */
    public Bucket(long size, Duration refill) {
      this(size, refill, 0);
    }

    private static Bucket perSecond(long rate) {
      if (rate < 1 || rate > MOST) {
        throw new IllegalArgumentException("%d a second: expected 1 to 2^50".formatted(rate));
      }
      long size = Math.max(1, rate / SHARE_OF_A_SECOND);
      return new Bucket(size, Duration.ofNanos(Math.round(1e9 * size / rate)));
    }
  }
}
