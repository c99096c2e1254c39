package dev.javisor.internal.machine;

import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.sys.Epoll;
import dev.javisor.internal.sys.EventFd;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * A thread that waits for the notifications of many queues, by epoll.
 *
 * <p>Threading: any thread but its own; close it once all workers are closed.
 */
final class EpollThread implements AutoCloseable {
  private static final int STOP = 0;

  private final Epoll epoll;
  private final EventFd stop;
  private final Thread thread;
  private volatile @Nullable QueueTask[] tasks = new @Nullable QueueTask[1];

  /**
   * Starts the loop.
   *
   * @param threads makes its thread
   * @throws dev.javisor.internal.sys.NativeException if the process has no descriptors left
   * @throws IllegalStateException if the factory makes no thread
   */
  EpollThread(ThreadFactory threads) {
    epoll = new Epoll("queue loop");
    EventFd made = null;
    try {
      made = new EventFd("end of the queue loop", false);
      epoll.add(made, STOP);
      Thread loop = threads.newThread(this::run);
      if (loop == null) {
        throw new IllegalStateException("the thread factory made no thread for the queue loop");
      }
      stop = made;
      thread = loop;
      loop.start();
    } catch (RuntimeException | Error e) {
      if (made != null) {
        made.close();
      }
      epoll.close();
      throw e;
    }
  }

  /**
   * Makes a worker.
   *
   * @param onClose run at the end of its close
   */
  QueueWorker create(Doorbells doorbells, String name, Runnable task, Runnable onClose) {
    EventFd event = new EventFd("notifications of " + name, false);
    QueueTask gate = new QueueTask(name, task);
    int token = register(gate);
    try {
      epoll.add(event, token);
    } catch (RuntimeException e) {
      forget(token);
      event.close();
      throw e;
    }
    return new Worker(event, doorbells, gate, token, onClose);
  }

  /** Ends the thread. */
  @Override
  public void close() {
    stop.signal();
    Threads.join(thread);
    epoll.close();
    stop.close();
  }

  private void run() {
    while (true) {
      int ready = epoll.await();
      for (int i = 0; i < ready; i++) {
        int token = (int) epoll.token(i);
        if (token == STOP) {
          return;
        }
        QueueTask task = tasks[token];
        if (task != null) {
          task.runIfOpen();
        }
      }
    }
  }

  private synchronized int register(QueueTask task) {
    int token = 1;
    while (token < tasks.length && tasks[token] != null) {
      token++;
    }
    @Nullable QueueTask[] next = new @Nullable QueueTask[Math.max(tasks.length, token + 1)];
    System.arraycopy(tasks, 0, next, 0, tasks.length);
    next[token] = task;
    tasks = next;
    return token;
  }

  private synchronized void forget(int token) {
    @Nullable QueueTask[] next = tasks.clone();
    next[token] = null;
    tasks = next;
  }

  private final class Worker extends EventWorker {
    private final int token;
    private final Runnable onClose;
    private boolean closed;

    Worker(EventFd event, Doorbells doorbells, QueueTask task, int token, Runnable onClose) {
      super(event, doorbells, task);
      this.token = token;
      this.onClose = onClose;
    }

    @Override
    public synchronized void watch(int descriptor, String name) {
      if (!closed) {
        epoll.add(descriptor, name, token);
      }
    }

    @Override
    public synchronized void unwatch(int descriptor) {
      if (!closed) {
        epoll.remove(descriptor);
      }
    }

    @Override
    public void close() {
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
      }
      // Without the lock: the task, whose end this waits for, may be about to watch something.
      deafen();
      epoll.remove(event);
      task.close();
      forget(token);
      event.close();
      onClose.run();
    }
  }
}
