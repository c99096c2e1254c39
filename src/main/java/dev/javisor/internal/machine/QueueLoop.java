package dev.javisor.internal.machine;

import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.bus.QueueWorkers;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * One thread for the queues of many devices, of several machines if they like: a hundred machines
 * then do with a few threads. A notification takes longer than to a thread of the queue's own, and
 * a task that takes long holds up the others. The thread is there while any queue is.
 *
 * <p>Threading: any thread but the loop's.
 */
public final class QueueLoop {
  private final ThreadFactory threads;
  private @Nullable EpollThread running;
  private int users;

  /**
   * @param threads makes its thread, whenever one is needed
   */
  public QueueLoop(ThreadFactory threads) {
    this.threads = threads;
  }

  /** Where the devices of one machine get their workers from. */
  QueueWorkers workers(Doorbells doorbells) {
    return new QueueWorkers() {
      @Override
      public QueueWorker create(String name, Runnable task) {
        EpollThread thread = enter();
        try {
          return thread.create(doorbells, name, task, QueueLoop.this::leave);
        } catch (RuntimeException | Error e) {
          leave();
          throw e;
        }
      }

      @Override
      public String description() {
        return "by a shared loop";
      }
    };
  }

  private synchronized EpollThread enter() {
    EpollThread current = running;
    if (current == null) {
      current = new EpollThread(threads);
      running = current;
    }
    users++;
    return current;
  }

  private synchronized void leave() {
    users--;
    EpollThread current = running;
    if (users == 0 && current != null) {
      running = null;
      current.close();
    }
  }
}
