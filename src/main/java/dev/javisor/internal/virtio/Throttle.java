package dev.javisor.internal.virtio;

import dev.javisor.config.RateLimiter;
import dev.javisor.internal.bus.Scheduler;
import java.util.function.LongSupplier;

/**
 * Keeps one queue to a rate limit, and wakes it when it may go on.
 *
 * <p>Threading: as the queue, which is served by one thread at a time; the limiter may be shared.
 */
public final class Throttle {
  /**
   * A limit may be changed while a queue waits; it is asked again after that time at the latest.
   */
  private static final long LONGEST_WAIT = 100_000_000;

  private final RateLimiter limiter;
  private final LongSupplier nanoTime;
  private final Scheduler timer;
  private final Runnable wake;
  private boolean closed;
  private long opensAt;

  /**
   * @param limiter says what passes
   * @param nanoTime the clock, as {@link System#nanoTime}
   * @param timer calls {@code wake} later
   * @param wake makes the queue's worker serve it; called on any thread
   */
  public Throttle(RateLimiter limiter, LongSupplier nanoTime, Scheduler timer, Runnable wake) {
    this.limiter = limiter;
    this.nanoTime = nanoTime;
    this.timer = timer;
    this.wake = wake;
  }

  /** Whether it makes sense to ask; if not, the queue will be woken. */
  public boolean isOpen() {
    if (closed && nanoTime.getAsLong() - opensAt >= 0) {
      closed = false;
    }
    return !closed;
  }

  /**
   * Asks for a request.
   *
   * @param bytes its data, 0 or more
   * @return whether it may pass, and is counted; if not, the queue will be woken
   */
  public boolean admits(long bytes) {
    long wait = limiter.acquire(bytes);
    if (wait <= 0) {
      return true;
    }
    long bounded = Math.min(wait, LONGEST_WAIT);
    closed = true;
    opensAt = nanoTime.getAsLong() + bounded;
    timer.schedule(bounded, wake);
    return false;
  }
}
