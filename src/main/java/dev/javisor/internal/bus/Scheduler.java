package dev.javisor.internal.bus;

/**
 * Runs something once, later, on a host thread.
 *
 * <p>Threading: any thread, also with a device's lock held: never blocks and never runs the task in
 * the call itself.
 *
 * <p>Guests decide how often devices schedule and cancel. So a cancelled task must be forgotten at
 * once, not when its time comes (a {@code ScheduledThreadPoolExecutor} needs its remove-on-cancel
 * policy for that).
 */
@FunctionalInterface
public interface Scheduler {
  /**
   * Runs the task once, not before the delay is over.
   *
   * @param delayNanos in nanoseconds of the host's monotonic clock, 0 or more
   * @return by which the task is cancelled
   */
  Scheduled schedule(long delayNanos, Runnable task);

  /** A task to come. */
  @FunctionalInterface
  interface Scheduled {
    /** Forgets the task, unless it runs or ran already. Never blocks. */
    void cancel();
  }
}
