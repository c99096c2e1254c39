package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.internal.sys.EventFd;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker promises, on real threads. */
@Timeout(60)
abstract class QueueWorkersTest {
  private final AtomicInteger runs = new AtomicInteger();
  private QueueWorkers workers;

  /** Begins with what is tested. */
  abstract QueueWorkers open();

  @BeforeEach
  void begin() {
    workers = open();
  }

  private void awaitRuns(int wanted) {
    MicroMachine.await(() -> runs.get() >= wanted, () -> runs + " runs, not " + wanted);
  }

  @Test
  void shouldRunOnceAtLeast_whenWoken() {
    try (QueueWorker worker = workers.create("test", runs::incrementAndGet)) {
      assertEquals(0, runs.get());
      for (int i = 1; i <= 100; i++) {
        worker.wake();
        awaitRuns(i);
      }
    }
  }

  @Test
  void shouldRunAgain_whenWokenWhileItRuns() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    Semaphore go = new Semaphore(0);
    try (QueueWorker worker =
        workers.create(
            "test",
            () -> {
              inside.countDown();
              go.acquireUninterruptibly();
              runs.incrementAndGet();
            })) {
      worker.wake();
      inside.await();
      worker.wake();
      go.release(2);

      awaitRuns(2);
    }
  }

  @Test
  void shouldNotRunWhilePaused_butAfterwards() {
    try (QueueWorker worker = workers.create("test", runs::incrementAndGet)) {
      worker.pause();
      worker.pause();
      worker.wake();
      int before = runs.get();
      MicroMachine.await(new Delay(20_000_000)::over, () -> "time stands still");
      assertEquals(before, runs.get());

      worker.resume();

      awaitRuns(1);
    }
  }

  @Test
  void shouldRunOnce_whenResumedWithoutAWake() {
    try (QueueWorker worker = workers.create("test", runs::incrementAndGet)) {
      worker.pause();
      worker.resume();

      awaitRuns(1);
    }
  }

  @Test
  void shouldWaitForTheTask_whenPaused() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    AtomicBoolean running = new AtomicBoolean();
    try (QueueWorker worker =
        workers.create(
            "test",
            () -> {
              running.set(true);
              inside.countDown();
              MicroMachine.await(new Delay(20_000_000)::over, () -> "time stands still");
              running.set(false);
            })) {
      worker.wake();
      inside.await();

      worker.pause();

      assertFalse(running.get());
    }
  }

  @Test
  void shouldGoOn_whenTheTaskThrows() {
    try (QueueWorker worker =
        workers.create(
            "test",
            () -> {
              if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("on purpose");
              }
            })) {
      worker.wake();
      awaitRuns(1);
      worker.wake();

      awaitRuns(2);
    }
  }

  @Test
  void shouldRun_whenAWatchedDescriptorHasSomethingNew() {
    try (EventFd watched = new EventFd("watched", false);
        QueueWorker worker = workers.create("test", runs::incrementAndGet)) {
      worker.watch(watched.number(), "watched");
      for (int i = 0; i < 50; i++) {
        int before = runs.get();
        watched.signal();
        awaitRuns(before + 1);
        before = runs.get();
        worker.wake();
        awaitRuns(before + 1);
      }
    }
  }

  @Test
  void shouldRunNoMore_whenADescriptorIsNotWatchedAnyMore() {
    try (EventFd watched = new EventFd("watched", false);
        QueueWorker worker = workers.create("test", runs::incrementAndGet)) {
      worker.watch(watched.number(), "watched");
      watched.signal();
      awaitRuns(1);
      worker.unwatch(watched.number());
      int before = runs.get();

      for (int i = 0; i < 20; i++) {
        watched.signal();
        MicroMachine.await(new Delay(2_000_000)::over, () -> "time stands still");
      }

      assertTrue(runs.get() <= before + 2, "at most what was on its way: " + runs);
      int settled = runs.get();
      worker.wake();
      awaitRuns(settled + 1);
    }
  }

  @Test
  void shouldGiveEverythingBack_whenClosedPausedOrNot() {
    HostResources before = HostResources.now();
    QueueWorker paused = workers.create("paused", runs::incrementAndGet);
    QueueWorker atWork = workers.create("at work", runs::incrementAndGet);
    paused.pause();
    paused.wake();
    atWork.listen(0x1000, 0);

    paused.close();
    atWork.close();
    paused.close();
    paused.wake();

    assertEquals(0, runs.get());
    QueueWorker watching = workers.create("watching", runs::incrementAndGet);
    try (EventFd watched = new EventFd("watched", false)) {
      watching.watch(watched.number(), "watched");
      watching.close();
    }
    HostResources.awaitReturnTo(before);
  }

  private static final class Delay {
    private final long end;

    Delay(long nanos) {
      end = System.nanoTime() + nanos;
    }

    boolean over() {
      return System.nanoTime() > end;
    }
  }

  @Test
  void shouldClose_whenItsTaskIsAboutToWatchSomething() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (EventFd watched = new EventFd("watched", false)) {
      AtomicReference<QueueWorker> self = new AtomicReference<>();
      QueueWorker worker =
          workers.create(
              "test",
              () -> {
                inside.countDown();
                awaitUninterruptibly(go);
                self.get().watch(watched.number(), "watched");
                self.get().unwatch(watched.number());
                runs.incrementAndGet();
              });
      self.set(worker);
      worker.wake();
      inside.await();
      Thread closing = new Thread(worker::close);
      closing.start();
      MicroMachine.await(
          () -> closing.getState() == Thread.State.TIMED_WAITING,
          () -> "it waits for the task: " + closing.getState());

      go.countDown();

      closing.join(MicroMachine.LONG.toMillis());
      assertFalse(closing.isAlive());
      assertEquals(1, runs.get());
    }
  }

  @Test
  void shouldForgetAnInterrupt_whenTheTaskLeavesOneBehind() {
    AtomicBoolean found = new AtomicBoolean();
    try (QueueWorker worker =
        workers.create(
            "test",
            () -> {
              found.compareAndSet(false, Thread.currentThread().isInterrupted());
              Thread.currentThread().interrupt();
              runs.incrementAndGet();
            })) {
      for (int i = 1; i <= 3; i++) {
        worker.wake();
        awaitRuns(i);
      }
    }
    assertFalse(found.get());
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
