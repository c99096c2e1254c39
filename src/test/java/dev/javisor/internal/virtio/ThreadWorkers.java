package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.QueueWorker;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Workers with a thread each, as a machine has them. */
public final class ThreadWorkers implements TestWorkers {
  private final List<Worker> workers = new CopyOnWriteArrayList<>();

  @Override
  public QueueWorker create(String name, Runnable task) {
    Worker worker = new Worker(name, task);
    workers.add(worker);
    worker.thread.start();
    return worker;
  }

  @Override
  public void run() {}

  @Override
  public boolean ring(long gpa, int size) {
    for (Worker worker : workers) {
      if (worker.address == gpa && (worker.size == 0 || worker.size == size)) {
        worker.wake();
        return true;
      }
    }
    return false;
  }

  @Override
  public List<Long> addresses() {
    return workers.stream().map(w -> w.address).filter(address -> address >= 0).toList();
  }

  private static final class Worker implements QueueWorker, Runnable {
    private static final long NOWHERE = -1;

    private final Runnable task;
    private final Thread thread;
    private volatile long address = NOWHERE;
    private volatile int size;
    private boolean woken;
    private boolean paused;
    private boolean running;
    private boolean closed;

    Worker(String name, Runnable task) {
      this.task = task;
      thread = new Thread(this, name);
      thread.setDaemon(true);
    }

    @Override
    public void run() {
      while (next()) {
        try {
          task.run();
        } finally {
          done();
        }
      }
    }

    private synchronized boolean next() {
      while (!closed && (!woken || paused)) {
        await();
      }
      woken = false;
      running = !closed;
      return running;
    }

    private synchronized void done() {
      running = false;
      notifyAll();
    }

    @Override
    public synchronized void wake() {
      woken = true;
      notifyAll();
    }

    @Override
    public void listen(long gpa, int bytes) {
      size = bytes;
      address = gpa;
    }

    @Override
    public void deafen() {
      address = NOWHERE;
    }

    @Override
    public synchronized void pause() {
      paused = true;
      while (running) {
        await();
      }
    }

    @Override
    public synchronized void resume() {
      paused = false;
      wake();
    }

    @Override
    public synchronized void close() {
      closed = true;
      notifyAll();
      while (running) {
        await();
      }
    }

    private void await() {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
