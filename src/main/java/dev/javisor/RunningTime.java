package dev.javisor;

import java.util.function.LongSupplier;

/**
 * For how long a machine has run, without the time in which it was paused.
 *
 * <p>Threading: any thread.
 */
final class RunningTime {
  private final LongSupplier clock;
  private long before;
  private long since;
  private boolean running;

  /**
   * @param clock in nanoseconds, from any start
   */
  RunningTime(LongSupplier clock) {
    this.clock = clock;
  }

  /** It runs, or does not, from now on. */
  synchronized void running(boolean now) {
    if (now != running) {
      running = now;
      if (now) {
        since = clock.getAsLong();
      } else {
        before += clock.getAsLong() - since;
      }
    }
  }

  /** Nanoseconds. */
  synchronized long nanos() {
    return running ? before + clock.getAsLong() - since : before;
  }
}
