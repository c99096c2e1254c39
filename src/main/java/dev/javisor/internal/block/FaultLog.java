package dev.javisor.internal.block;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs what goes wrong with a disk: one line a second at most, since guests choose how often they
 * try. What was left out is counted in the next line.
 *
 * <p>Threading: any thread.
 */
public final class FaultLog {
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(1);

  private final Logger log;
  private final String disk;
  private final LongSupplier nanoTime;
  private final AtomicLong quietUntil;
  private final AtomicLong leftOut = new AtomicLong();

  /**
   * @param disk what the lines begin with
   * @param nanoTime the clock, as {@link System#nanoTime}
   */
  public FaultLog(Logger log, String disk, LongSupplier nanoTime) {
    this.log = log;
    this.disk = disk;
    this.nanoTime = nanoTime;
    quietUntil = new AtomicLong(nanoTime.getAsLong());
  }

  /** Logs that a request failed, with the host's error. */
  public void failed(DiskRequest request, String reason) {
    long now = nanoTime.getAsLong();
    long until = quietUntil.get();
    if (now - until < 0 || !quietUntil.compareAndSet(until, now + PAUSE)) {
      leftOut.incrementAndGet();
      return;
    }
    long others = leftOut.getAndSet(0);
    if (others > 0) {
      log.warn("{}: {} failed: {} ({} more failures before it)", disk, request, reason, others);
    } else {
      log.warn("{}: {} failed: {}", disk, request, reason);
    }
  }
}
