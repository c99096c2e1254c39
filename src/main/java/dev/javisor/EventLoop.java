package dev.javisor;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a machine on which the caller's code runs: events, console consumers, what
 * hangs on the exit future.
 *
 * <p>Threading: any thread; {@link #postDroppable} and {@link #wake} also on vCPU threads.
 */
final class EventLoop {
  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  /** What a guest can bring about as often as it likes must not fill the heap. */
  private static final int MOST_DROPPABLE = 256;

  /** While a guest writes, its output is looked for this often, lest each byte wake the thread. */
  private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private static final int NAPS_BEFORE_SLEEP = 8;

  private final Function<Runnable, Thread> threads;
  private final Background background;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger droppable = new AtomicInteger();
  private final AtomicBoolean droppedAny = new AtomicBoolean();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private volatile @Nullable Thread thread;
  private volatile boolean finishing;

  /**
   * @param threads makes the thread
   * @param background what is to be done beside the tasks
   */
  EventLoop(Function<Runnable, Thread> threads, Background background) {
    this.threads = threads;
    this.background = background;
  }

  /** Starts the thread unless it was started before. */
  synchronized void start() {
    if (thread == null) {
      Thread made = threads.apply(this::run);
      thread = made;
      made.start();
    }
  }

  /** Whether there is, or was, a thread. */
  boolean isStarted() {
    return thread != null;
  }

  /** Runs what was posted on the calling thread: there is no thread, and will be none. */
  void runHere() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      guard(task);
    }
  }

  /** Runs a task on the thread, after all earlier ones. */
  void post(Runnable task) {
    tasks.add(task);
    wake();
  }

  /** Like {@link #post}, but forgets the task when too many of its kind wait already. */
  void postDroppable(Runnable task) {
    if (droppable.incrementAndGet() > MOST_DROPPABLE) {
      droppable.decrementAndGet();
      if (droppedAny.compareAndSet(false, true)) {
        LOG.warn("events come faster than listeners take them; some are dropped");
      }
      return;
    }
    post(
        () -> {
          droppable.decrementAndGet();
          task.run();
        });
  }

  /** Ends the thread once it has run what was posted. */
  void finish() {
    finishing = true;
    wake();
  }

  /** Makes the thread look for work. */
  void wake() {
    if (signalled.compareAndSet(false, true)) {
      LockSupport.unpark(thread);
    }
  }

  /** Whether the caller runs on the thread. */
  boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /**
   * Waits for the thread's end; interruption neither ends the wait nor gets lost.
   *
   * @return whether it has ended, was never started, or is the caller's
   */
  boolean join(long nanos) {
    Thread target = thread;
    if (target == null || isCurrent()) {
      return true;
    }
    long deadline = System.nanoTime() + nanos;
    boolean interrupted = false;
    while (target.isAlive() && System.nanoTime() - deadline < 0) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(target, Math.max(1, deadline - System.nanoTime()));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !target.isAlive();
  }

  /** Interrupts the caller's code that runs on the thread. */
  void interrupt() {
    Thread target = thread;
    if (target != null && !isCurrent()) {
      target.interrupt();
    }
  }

  private void run() {
    int naps = 0;
    while (true) {
      signalled.set(false);
      Runnable task = tasks.poll();
      if (task != null) {
        guard(task);
      }
      boolean busy = background.work();
      if (task != null || busy) {
        naps = 0;
      } else if (finishing && tasks.isEmpty()) {
        return;
      } else if (naps < NAPS_BEFORE_SLEEP) {
        naps++;
        sleep(NAP_NANOS);
      } else {
        sleep(background.prepareToSleep());
      }
    }
  }

  private void sleep(long nanos) {
    // The caller's code may have left the flag set, and parking would not wait any more.
    if (!Thread.interrupted() && !signalled.get()) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  private static void guard(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
      LOG.warn("a listener failed", e);
    }
  }

  /** What is to be done beside the tasks. Called on the loop's thread only. */
  interface Background {
    /**
     * Does a bounded piece of it; throws nothing.
     *
     * @return whether there was any
     */
    boolean work();

    /** Sees to it that new work wakes the loop, and says how many nanoseconds it may sleep. */
    long prepareToSleep();
  }
}
