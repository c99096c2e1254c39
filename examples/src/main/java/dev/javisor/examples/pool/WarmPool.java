package dev.javisor.examples.pool;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers that wait for work. Each works once: what a stranger's command leaves behind goes with
 * its machine. One thread makes the next ones, and ends with the pool.
 */
final class WarmPool implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(WarmPool.class);
  private static final long PAUSE_SECONDS = 2;

  private final WorkerFactory factory;
  private final Semaphore wanted;
  private final BlockingQueue<Optional<Worker>> warm = new LinkedBlockingQueue<>(); // empty: closed
  private final Set<Worker> all = ConcurrentHashMap.newKeySet();
  private final Thread maker = new Thread(this::make, "worker-maker");
  private volatile boolean closed;

  /**
   * @param size how many wait
   */
  WarmPool(WorkerFactory factory, int size) {
    this.factory = factory;
    wanted = new Semaphore(size);
    maker.setDaemon(true);
    maker.start();
  }

  private void make() {
    try {
      while (!closed) {
        wanted.acquire();
        try {
          Worker made = factory.make();
          all.add(made);
          warm.add(Optional.of(made));
        } catch (RuntimeException e) {
          if (closed) {
            return;
          }
          log.error("no worker could be made; trying again", e);
          wanted.release();
          TimeUnit.SECONDS.sleep(PAUSE_SECONDS);
        }
      }
    } catch (InterruptedException e) {
      // The pool is being closed.
    }
  }

  /**
   * Takes a worker, which is to be given to {@link #release}; empty if none is ready in time, or
   * the pool is closed.
   */
  Optional<Worker> take(Duration patience) throws InterruptedException {
    Optional<Worker> worker = warm.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (worker == null) {
      return Optional.empty();
    }
    if (worker.isEmpty()) {
      warm.add(worker); // for the next one who waits
    } else {
      wanted.release();
    }
    return worker;
  }

  /** Ends a worker. */
  void release(Worker worker) {
    all.remove(worker);
    worker.close();
  }

  /** Ends all workers, those that work too, and the thread. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    maker.interrupt();
    maker.join();
    warm.clear();
    warm.add(Optional.empty());
    all.forEach(this::release);
  }
}
