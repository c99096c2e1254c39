package dev.javisor.internal.bus;

/**
 * What a worker can look at for a while before it sleeps, so that work that comes soon needs
 * neither a notification nor a thread that wakes up. Meanwhile notifications are off.
 *
 * <p>Threading: as the worker's task, between its runs; never while the worker is paused. Nothing
 * here throws or blocks.
 */
public interface QueuePoll {
  /** How long to look at most before sleeping, in nanoseconds; more than 0. Constant. */
  long mostNanos();

  /** Whether the task would find something to do. */
  boolean ready();

  /**
   * Asks for the notifications that the task, run by a worker that polls, did not ask for. Called
   * before each sleep.
   *
   * @return whether something came meanwhile, of which no notification may come: the task then runs
   *     again before the worker sleeps
   */
  boolean listen();
}
