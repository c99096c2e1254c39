package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.QueuePoll;
import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.bus.QueueWorkers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a device's queues on its workers. Who wants a queue to start or to stop says so and returns;
 * the queue's worker gets there by itself, however long the device takes.
 *
 * <p>Threading: methods whose comment says so are called with the lock held; it is never held while
 * the device starts, serves or stops a queue.
 */
final class DeviceRunner implements AutoCloseable {
  /** Hears what became of the queues. */
  interface Listener {
    /** Under the lock: a queue that had been started, or was to be, is stopped. */
    void stopped(int queue);

    /** Without the lock: the device cannot go on. */
    void broken(String why);
  }

  /** A worker, and what only its task touches, or the machine while the worker is paused. */
  private final class Lane implements QueuePoll {
    final int number;
    final int[] queues;
    final QueueWorker worker;
    final QueueDoorbell doorbell;
    volatile boolean changed;
    int started;

    Lane(int number, QueueWorkers workers) {
      this.number = number;
      queues = IntStream.range(0, actual.length).filter(i -> device.worker(i) == number).toArray();
      String name = "%s queue %d".formatted(device.id(), number);
      Runnable task = () -> run(this);
      worker =
          device.pollNanos() > 0 ? workers.create(name, task, this) : workers.create(name, task);
      doorbell = new QueueDoorbell(worker);
    }

    /** Under the lock: whether any of its queues is to be started. */
    boolean wanted() {
      for (int i : queues) {
        if (wanted[i] != null) {
          return true;
        }
      }
      return false;
    }

    @Override
    public long mostNanos() {
      return device.pollNanos();
    }

    @Override
    public boolean ready() {
      if (changed) {
        return true;
      }
      if (started == 0 || held) {
        return false;
      }
      try {
        return device.hasWork(number) || anyAwaited();
      } catch (BrokenDriverException e) {
        // Serving the queue finds that too, and says so.
        return true;
      }
    }

    private boolean anyAwaited() {
      for (int i : queues) {
        VirtQueue queue = actual[i];
        if (queue != null && queue.hasAwaited()) {
          return true;
        }
      }
      return false;
    }

    @Override
    public boolean listen() {
      boolean more = false;
      try {
        for (int i : queues) {
          VirtQueue queue = actual[i];
          more |= queue != null && queue.listen();
        }
      } catch (BrokenDriverException e) {
        listener.broken(String.valueOf(e.getMessage()));
      }
      return more && !held;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(DeviceRunner.class);

  private final VirtioDevice<?> device;
  private final Object lock;
  private final Listener listener;
  private final List<Lane> lanes = new ArrayList<>();
  private final @Nullable VirtQueue[] wanted;
  private final @Nullable VirtQueue[] actual;
  private volatile boolean held;

  /**
   * @param lock guards what is wanted; the caller's
   */
  DeviceRunner(VirtioDevice<?> device, Object lock, QueueWorkers workers, Listener listener) {
    this.device = device;
    this.lock = lock;
    this.listener = listener;
    wanted = new VirtQueue[device.queueCount()];
    actual = new VirtQueue[device.queueCount()];
    try {
      for (int i = 0; i < device.workerCount(); i++) {
        lanes.add(new Lane(i, workers));
      }
    } catch (RuntimeException e) {
      closeWorkers();
      throw e;
    }
  }

  /** The number of workers. */
  int workerCount() {
    return lanes.size();
  }

  /** The worker with this number. */
  QueueWorker worker(int number) {
    return lanes.get(number).worker;
  }

  /** The doorbell of the worker with this number. */
  QueueDoorbell doorbell(int number) {
    return lanes.get(number).doorbell;
  }

  /** Under the lock: starts a queue, or stops it if it is null. */
  void want(int index, @Nullable VirtQueue queue) {
    if (wanted[index] != queue) {
      wanted[index] = queue;
      Lane lane = lanes.get(device.worker(index));
      lane.changed = true;
      lane.doorbell.use(lane.wanted());
      lane.worker.wake();
    }
  }

  /** Under the lock: whether a queue is started, or its start or stop under way. */
  boolean busy(int index) {
    return wanted[index] != null || actual[index] != null;
  }

  /** Under the lock: whether any queue is {@link #busy}. */
  boolean busy() {
    for (int i = 0; i < actual.length; i++) {
      if (busy(i)) {
        return true;
      }
    }
    return false;
  }

  /** How far the device is in a queue; it is quiesced. */
  QueuePosition position(int index) {
    VirtQueue queue = actual[index];
    return queue == null ? QueuePosition.START : queue.position();
  }

  /** Keeps queues from being served, and lets them be again, from the next wake-up on. */
  void hold(boolean value) {
    held = value;
  }

  /** Pauses all workers. */
  void pause() {
    lanes.forEach(lane -> lane.worker.pause());
  }

  /** Does what the workers have to do about starting and stopping; they are paused. */
  void settle() {
    lanes.forEach(this::settle);
  }

  /** Lets all workers go on. */
  void resume() {
    lanes.forEach(lane -> lane.worker.resume());
  }

  /** Stops the workers for good. */
  @Override
  public void close() {
    closeWorkers();
  }

  private void closeWorkers() {
    lanes.forEach(lane -> lane.worker.close());
  }

  private void run(Lane lane) {
    if (lane.changed) {
      settle(lane);
    }
    if (lane.started > 0 && !held) {
      try {
        device.service(lane.number);
      } catch (BrokenDriverException e) {
        listener.broken(String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        LOG.error("{}: error while serving its queues", device.id(), e);
        listener.broken("internal error");
      }
    }
  }

  private void settle(Lane lane) {
    lane.changed = false;
    for (int i : lane.queues) {
      settle(lane, i);
    }
  }

  private void settle(Lane lane, int index) {
    while (true) {
      VirtQueue now;
      VirtQueue next;
      synchronized (lock) {
        now = actual[index];
        next = wanted[index];
        if (now == next) {
          return;
        }
        if (now == null) {
          actual[index] = next;
        }
      }
      if (now != null) {
        stop(lane, index);
      } else if (next != null) {
        start(lane, next);
      }
    }
  }

  private void start(Lane lane, VirtQueue queue) {
    lane.started++;
    if (lane.worker.polls()) {
      queue.deferNotifications();
    }
    try {
      device.startQueue(queue);
    } catch (BrokenDriverException e) {
      listener.broken(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("{}: cannot start queue {}", device.id(), queue.index(), e);
      listener.broken("internal error");
    }
  }

  private void stop(Lane lane, int index) {
    lane.started--;
    try {
      device.stopQueue(index);
    } catch (RuntimeException e) {
      LOG.error("{}: error while stopping queue {}", device.id(), index, e);
    }
    synchronized (lock) {
      actual[index] = null;
      if (wanted[index] == null) {
        listener.stopped(index);
      }
    }
  }
}
