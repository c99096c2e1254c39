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
}
