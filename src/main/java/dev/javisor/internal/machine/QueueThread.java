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
final class QueueThread implements QueueWorker {
  private final EventFd event;
  private final Doorbells.Doorbell doorbell;
  private final QueueTask task;
  private @Nullable Thread thread;

  /** There once it has more to wait for than its eventfd, whose blocking read is faster. */
  private volatile @Nullable Epoll epoll;

  QueueThread(EventFd event, Doorbells.Doorbell doorbell, QueueTask task) {
    this.event = event;
    this.doorbell = doorbell;
    this.task = task;
  }

  void start(MachineThreads threads, String name) {
    Thread made = threads.newThread(name, this::run);
    made.start();
    thread = made;
  }

  @Override
  public void wake() {
    event.signal();
  }

  @Override
  public int descriptor() {
    return event.number();
  }

  @Override
  public synchronized void watch(int descriptor, String name) {
    Epoll set = epoll;
    if (set == null) {
      set = new Epoll(event.name());
      epoll = set;
      set.add(event, 0);
      // The thread may sit in a read of the eventfd; from its next wait on it looks at both.
      event.signal();
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
  public void listen(long gpa, int size) {
    doorbell.listen(gpa, size);
  }

  @Override
  public void deafen() {
    doorbell.deafen();
  }

  @Override
  public void pause() {
    task.pause();
  }

  @Override
  public void resume() {
    task.resume();
    event.signal();
  }

  @Override
  public void close() {
    doorbell.deafen();
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
