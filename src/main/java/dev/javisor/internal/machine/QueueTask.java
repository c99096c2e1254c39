package dev.javisor.internal.machine;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's task, behind a gate.
 *
 * <p>Threading: any thread; guarded by {@code this}, which is not held while the task runs.
 */
final class QueueTask {
  private static final Logger log = LoggerFactory.getLogger(QueueTask.class);
  private static final long PAUSE_PATIENCE = TimeUnit.SECONDS.toNanos(30);
  private static final long CLOSE_PATIENCE = TimeUnit.SECONDS.toNanos(6);

  private final String name;
  private final Runnable task;
  private @Nullable Thread runner;
  private boolean paused;
  private boolean closed;

  QueueTask(String name, Runnable task) {
    this.name = name;
    this.task = task;
  }

  /**
   * Runs the task, after {@link #resume} if it is paused. By one thread at a time.
   *
   * @return false if it was closed
   */
  boolean runWhenOpen() {
    synchronized (this) {
      while (paused && !closed) {
        try {
          wait();
        } catch (InterruptedException e) {
          // Not how this thread is ended; whoever interrupts it gets nothing by it.
        }
      }
    }
    return runIfOpen();
  }

  /**
   * Runs the task, unless it is paused: then whoever resumes it must wake it. By one thread at a
   * time.
   *
   * @return false if it was closed
   */
  boolean runIfOpen() {
    synchronized (this) {
      if (paused || closed) {
        return !closed;
      }
      runner = Thread.currentThread();
    }
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      log.error("{}: an error in its task", name, e);
    }
    // What a user's code may have left would end its next wait before it began.
    boolean unused = Thread.interrupted();
    synchronized (this) {
      runner = null;
      notifyAll();
      return !closed;
    }
  }

  /** On return the task does not run. */
  synchronized void pause() {
    paused = true;
    awaitRun(PAUSE_PATIENCE);
  }

  synchronized void resume() {
    paused = false;
    notifyAll();
  }

  /** On return the task does not run, and it never will. */
  synchronized void close() {
    closed = true;
    notifyAll();
    awaitRun(CLOSE_PATIENCE);
  }

  /** Waits for the run that is under way, and tells where it is if that takes long. */
  private void awaitRun(long patience) {
    long start = System.nanoTime();
    boolean told = false;
    boolean interrupted = false;
    while (runner != null) {
      try {
        wait(TimeUnit.NANOSECONDS.toMillis(patience));
      } catch (InterruptedException e) {
        interrupted = true;
      }
      if (!told && runner != null && System.nanoTime() - start >= patience) {
        told = true;
        log.warn("{}: {} does not come back; it is here:", name, runner.getName(), trace(runner));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static Throwable trace(Thread thread) {
    Throwable trace = new Throwable("stack of " + thread.getName());
    trace.setStackTrace(thread.getStackTrace());
    return trace;
  }
}
