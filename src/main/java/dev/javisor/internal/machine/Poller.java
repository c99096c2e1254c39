package dev.javisor.internal.machine;

import dev.javisor.internal.bus.QueuePoll;
import java.util.function.LongSupplier;

/**
 * Runs a worker's task, and looks for more for a while before the worker's thread sleeps.
 *
 * <p>No wake-up is lost: notifications are off only between the task's run and {@link
 * QueuePoll#listen}, which looks once more after it has turned them on; and who wakes the worker
 * other than through its queues calls {@link #leave} after having signalled the thread's eventfd.
 *
 * <p>Threading: {@link #run} on the worker's thread, the rest on any.
 */
final class Poller implements Runnable {
  private final Runnable task;
  private final QueuePoll poll;
  private final PollPause pause;
  private final LongSupplier nanoTime;
  private final PollWindow window;
  private volatile boolean woken;
  private volatile boolean stopped;
  private volatile boolean givenUp;
  private long idleSince;
  private boolean slept;

  Poller(Runnable task, QueuePoll poll, PollPause pause, LongSupplier nanoTime) {
    this.task = task;
    this.poll = poll;
    this.pause = pause;
    this.nanoTime = nanoTime;
    window = new PollWindow(poll.mostNanos());
  }

  /** What is done each time the thread woke up: at the end it may sleep. */
  @Override
  public void run() {
    if (slept) {
      window.idle(nanoTime.getAsLong() - idleSince);
      slept = false;
    }
    woken = false;
    boolean more;
    do {
      try {
        do {
          task.run();
        } while (look());
      } finally {
        more = poll.listen();
      }
    } while (more && !stopped);
    slept = !leaving();
  }

  /** Ends a look that is under way, since the thread has been signalled. */
  void leave() {
    woken = true;
  }

  /** Ends a look that is under way, and keeps others from beginning. */
  void stop() {
    stopped = true;
  }

  /** Looks again, from the next run on. */
  void goOn() {
    stopped = false;
  }

  /** Looks no more: there is something to wait for that it does not see. */
  void giveUp() {
    givenUp = true;
    woken = true;
  }

  private boolean look() {
    idleSince = nanoTime.getAsLong();
    long length = givenUp ? 0 : window.nanos();
    if (length == 0) {
      return !leaving() && poll.ready();
    }
    pause.begin();
    try {
      do {
        if (leaving()) {
          return false;
        }
        if (poll.ready()) {
          return true;
        }
        pause.pause();
      } while (nanoTime.getAsLong() - idleSince < length);
      return false;
    } finally {
      pause.end();
    }
  }

  private boolean leaving() {
    return woken || stopped;
  }
}
