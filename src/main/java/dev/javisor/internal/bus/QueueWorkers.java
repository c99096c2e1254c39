package dev.javisor.internal.bus;

/**
 * Where devices get the threads of their queues from: a thread for each, or one that several share.
 * Threading: any thread.
 */
@FunctionalInterface
public interface QueueWorkers {
  /**
   * Makes a worker that is at work at once.
   *
   * @param name for the thread, such as {@code disk0 queue 0}
   * @param task what to run; bounded in time, and it never throws: what it throws all the same is
   *     logged, and the worker goes on
   */
  QueueWorker create(String name, Runnable task);

  /** Which threads they are, for logs. */
  default String description() {
    return "served by " + getClass().getSimpleName();
  }

  /**
   * Makes a worker that looks for more work before it sleeps, if these workers can do that: see
   * {@link QueueWorker#polls}.
   *
   * @param poll what it looks at
   */
  default QueueWorker create(String name, Runnable task, QueuePoll poll) {
    return create(name, task);
  }
}
