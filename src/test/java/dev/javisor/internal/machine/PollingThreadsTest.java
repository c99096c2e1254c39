package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.bus.QueuePoll;
import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Threads that look for work before they sleep keep all the promises, and find it. On a clock that
 * stands still they look for ever once they have slept, if nothing ends that.
 */
class PollingThreadsTest extends QueueWorkersTest {
  private static QueueThreads threads() {
    return new QueueThreads(
        (role, body) -> new Thread(body, "micro " + role), new Doorbells(), 1, () -> 0);
  }

  @Override
  QueueWorkers open() {
    QueueThreads threads = threads();
    return (name, task) -> threads.create(name, task, new Ring(task));
  }

  /** Work that is announced by a counter only. */
  private static final class Ring implements QueuePoll {
    private final AtomicInteger announced = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicLong looks = new AtomicLong();
    private final Runnable task;

    Ring(Runnable task) {
      this.task = task;
    }

    void serve() {
      done.set(announced.get());
      task.run();
    }

    @Override
    public long mostNanos() {
      return 50_000;
    }

    @Override
    public boolean ready() {
      looks.incrementAndGet();
      return announced.get() != done.get();
    }

    @Override
    public boolean listen() {
      return announced.get() != done.get();
    }
  }

  /** Wakes a worker until it looks for ever. */
  private static void untilItLooks(QueueWorker worker, Ring ring) {
    boolean looks;
    do {
      worker.wake();
      looks = looksOn(ring);
    } while (!looks);
  }

  private static boolean looksOn(Ring ring) {
    long enough = ring.looks.get() + 1000;
    for (long end = System.nanoTime() + 50_000_000; System.nanoTime() < end; Thread.yield()) {
      if (ring.looks.get() > enough) {
        return true;
      }
    }
    return false;
  }

  @Test
  void shouldFindWork_whenNobodyWakesIt() {
    AtomicInteger runs = new AtomicInteger();
    Ring ring = new Ring(runs::incrementAndGet);
    try (QueueWorker worker = threads().create("test", ring::serve, ring)) {
      assertTrue(worker.polls());
      untilItLooks(worker, ring);
      for (int i = 0; i < 100; i++) {
        int wanted = ring.announced.incrementAndGet();
        MicroMachine.await(() -> ring.done.get() == wanted, () -> "it did not find " + wanted);
      }
    }
  }

  @Test
  void shouldPauseResumeAndClose_whileItLooksForEver() {
    AtomicInteger runs = new AtomicInteger();
    Ring ring = new Ring(runs::incrementAndGet);
    try (QueueWorker worker = threads().create("test", ring::serve, ring)) {
      untilItLooks(worker, ring);

      worker.pause();
      long looks = ring.looks.get();
      int before = runs.get();
      ring.announced.incrementAndGet();
      assertEquals(looks, ring.looks.get());
      assertEquals(before, runs.get());
      worker.resume();

      MicroMachine.await(() -> runs.get() > before, () -> "it does not go on");
      untilItLooks(worker, ring);
    }
  }

  @Test
  void shouldRun_whenItIsWokenWhileItLooksForEver() {
    AtomicInteger runs = new AtomicInteger();
    Ring ring = new Ring(runs::incrementAndGet);
    try (QueueWorker worker = threads().create("test", ring::serve, ring)) {
      untilItLooks(worker, ring);
      for (int i = 0; i < 100; i++) {
        int before = runs.get();
        worker.wake();
        MicroMachine.await(() -> runs.get() > before, () -> "it does not hear");
      }
    }
  }
}
