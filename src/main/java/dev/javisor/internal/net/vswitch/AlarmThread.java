package dev.javisor.internal.net.vswitch;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JVM's time. Its thread starts when the first call is wanted. */
public final class AlarmThread implements Alarm {
  private static final Logger log = LoggerFactory.getLogger(AlarmThread.class);
  private static final long NEVER = Long.MAX_VALUE;
  private static final long PATIENCE_MILLIS = TimeUnit.SECONDS.toMillis(3);

  private final ThreadFactory threads;
  private final Runnable task;
  private final long start = System.nanoTime();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Thread thread;
  private long due = NEVER;
  private boolean over;

  /**
   * @param task is called on the thread
   */
  public AlarmThread(ThreadFactory threads, Runnable task) {
    this.threads = threads;
    this.task = task;
  }

  @Override
  public long nanos() {
    return System.nanoTime() - start;
  }

  @Override
  public void set(long nanos) {
    lock.lock();
    try {
      if (over || nanos >= due) {
        return;
      }
      if (thread == null) {
        Thread made = threads.newThread(this::run);
        made.start();
        // Only now: where this host has no thread left, the next frame asks for one again.
        thread = made;
      }
      due = nanos;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (awaitDue()) {
      try {
        task.run();
      } catch (RuntimeException e) {
        log.warn("frames of a switch may be lost", e);
      }
    }
  }

  /** Returns false if it is over. */
  private boolean awaitDue() {
    lock.lock();
    try {
      while (!over) {
        long left = due == NEVER ? NEVER : due - nanos();
        if (left <= 0) {
          due = NEVER;
          return true;
        }
        waitFor(left);
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // The caller loops.
  private void waitFor(long nanos) {
    try {
      if (nanos == NEVER) {
        changed.await();
      } else {
        changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      log.debug("an interrupt does not end a switch: close() does");
    }
  }

  @Override
  public void close() {
    Thread ending;
    lock.lock();
    try {
      over = true;
      changed.signal();
      ending = thread;
    } finally {
      lock.unlock();
    }
    if (ending != null && ending != Thread.currentThread()) {
      try {
        ending.join(PATIENCE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
