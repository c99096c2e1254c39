package dev.javisor.internal.machine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's task, behind a gate.
 *
 * <p>Threading: any thread; guarded by {@code this}, which is held while the task runs.
 */
final class QueueTask {
  private static final Logger log = LoggerFactory.getLogger(QueueTask.class);

  private final String name;
  private final Runnable task;
  private boolean paused;
  private boolean closed;

  QueueTask(String name, Runnable task) {
    this.name = name;
    this.task = task;
  }

  /**
   * Runs the task, after {@link #resume} if it is paused.
   *
   * @return false if it was closed
   */
  synchronized boolean runWhenOpen() {
    while (paused && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        // Not how this thread is ended; whoever interrupts it gets nothing by it.
      }
    }
    return runIfOpen();
  }

  /**
   * Runs the task, unless it is paused: then whoever resumes it must wake it.
   *
   * @return false if it was closed
   */
  synchronized boolean runIfOpen() {
    if (!paused && !closed) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        log.error("{}: an error in its task", name, e);
      }
    }
    return !closed;
  }

  /** On return the task does not run. */
  synchronized void pause() {
    paused = true;
  }

  synchronized void resume() {
    paused = false;
    notifyAll();
  }

  /** On return the task does not run, and it never will. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }
}
