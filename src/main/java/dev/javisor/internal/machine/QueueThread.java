package dev.javisor.internal.machine;

import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.sys.Epoll;
import dev.javisor.internal.sys.EventFd;
import org.jspecify.annotations.Nullable;

/**
 * A worker with a thread of its own.
 *
 * <p>Threading: as {@link QueueWorker}; {@link #close} from one thread at a time.
 */
final class QueueThread extends EventWorker {
  private final @Nullable Poller poller;
  private @Nullable Thread thread;

  /** There once it has more to wait for than its eventfd, whose blocking read is faster. */
  private volatile @Nullable Epoll epoll;

  /**
   * @param poller what the task runs, if the thread looks for work before it sleeps
   */
  QueueThread(EventFd event, Doorbells doorbells, QueueTask task, @Nullable Poller poller) {
    super(event, doorbells, task);
    this.poller = poller;
  }

  void start(MachineThreads threads, String name) {
    Thread made = threads.newThread(name, this::run);
    made.start();
    thread = made;
  }

  @Override
  public boolean polls() {
    return poller != null;
  }

  @Override
  public void wake() {
    super.wake();
    if (poller != null) {
      poller.leave();
    }
  }

  @Override
  public synchronized void watch(int descriptor, String name) {
    Epoll set = epoll;
    if (set == null) {
      set = new Epoll(event.name());
      if (poller != null) {
        poller.giveUp();
      }
      epoll = set;
      set.add(event, 0);
      // The thread may sit in a read of the eventfd; from its next wait on it looks at both.
      wake();
    }
    set.add(descriptor, name, 0);
  }

  @Override
  public synchronized void unwatch(int descriptor) {
    Epoll set = epoll;
    if (set != null) {
      set.remove(descriptor);
    }
  }

  @Override
  public void pause() {
    if (poller != null) {
      poller.stop();
    }
    super.pause();
  }

  @Override
  public void resume() {
    if (poller != null) {
      poller.goOn();
    }
    super.resume();
  }

  @Override
  public void close() {
    deafen();
    if (poller != null) {
      poller.stop();
    }
    task.close();
    event.signal();
    Thread running = thread;
    if (running != null) {
      Threads.join(running);
      thread = null;
    }
    synchronized (this) {
      Epoll set = epoll;
      if (set != null) {
        set.close();
      }
    }
    event.close();
  }

  private void run() {
    do {
      await();
    } while (task.runWhenOpen());
  }

  private void await() {
    Epoll set = epoll;
    if (set == null) {
      event.await();
    } else {
      set.await();
    }
  }
}
