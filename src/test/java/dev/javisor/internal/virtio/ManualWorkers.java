package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.QueuePoll;
import dev.javisor.internal.bus.QueueWorker;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Workers without threads: woken tasks run when the test says so, on its thread. So what happens in
 * which order is the test's choice.
 */
public final class ManualWorkers implements TestWorkers {
  private final List<Worker> workers = new ArrayList<>();
  private boolean polling;

  /** Lets the workers that follow look for work before they sleep: when the test does so. */
  public ManualWorkers polling() {
    polling = true;
    return this;
  }

  @Override
  public QueueWorker create(String name, Runnable task) {
    return create(name, task, null);
  }

  @Override
  public QueueWorker create(String name, Runnable task, QueuePoll poll) {
    Worker worker = new Worker(name, task, polling ? poll : null);
    workers.add(worker);
    return worker;
  }

  /** What a worker looks at; null if it sleeps at once. */
  public QueuePoll poll(int worker) {
    return workers.get(worker).poll;
  }

  /** Runs what was woken, until nothing is. */
  @Override
  public void run() {
    for (int round = 0; round < 10_000; round++) {
      Optional<Worker> next =
          workers.stream().filter(w -> w.woken && !w.paused && !w.closed).findFirst();
      if (next.isEmpty()) {
        return;
      }
      next.get().woken = false;
      next.get().task.run();
    }
    throw new AssertionError("workers wake themselves for ever");
  }

  /** Runs the task of one worker if it was woken. */
  public void run(int worker) {
    Worker one = workers.get(worker);
    if (one.woken && !one.paused) {
      one.woken = false;
      one.task.run();
    }
  }

  @Override
  public boolean ring(long gpa, int size) {
    for (Worker worker : workers) {
      if (worker.address == gpa && (worker.size == 0 || worker.size == size)) {
        worker.woken = true;
        return true;
      }
    }
    return false;
  }

  @Override
  public List<Long> addresses() {
    return workers.stream().map(w -> w.address).filter(address -> address >= 0).toList();
  }

  /** Whether any worker was woken and has not run since. */
  public boolean woken() {
    return workers.stream().anyMatch(w -> w.woken);
  }

  /** How many workers were not closed. */
  public int open() {
    return (int) workers.stream().filter(w -> !w.closed).count();
  }

  @Override
  public String toString() {
    return workers.stream().map(w -> w.name).toList().toString();
  }

  private static final class Worker implements QueueWorker {
    private static final long NOWHERE = -1;

    private final String name;
    private final Runnable task;
    private final QueuePoll poll;
    private long address = NOWHERE;
    private int size;
    private boolean woken;
    private boolean paused;
    private boolean closed;

    Worker(String name, Runnable task, QueuePoll poll) {
      this.name = name;
      this.task = task;
      this.poll = poll;
    }

    @Override
    public boolean polls() {
      return poll != null;
    }

    @Override
    public void wake() {
      woken = true;
    }

    @Override
    public void listen(long gpa, int bytes) {
      address = gpa;
      size = bytes;
    }

    @Override
    public void deafen() {
      address = NOWHERE;
    }

    @Override
    public void pause() {
      paused = true;
    }

    @Override
    public void resume() {
      paused = false;
      woken = true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
