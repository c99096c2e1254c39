package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.testing.microguest.HostResources;
import dev.javisor.testing.microguest.MicroMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueLoopTest extends QueueWorkersTest {
  private final HostResources before = HostResources.now();
  private final QueueLoop loop = new QueueLoop(body -> new Thread(body, "micro loop"));

  @Override
  QueueWorkers open() {
    return loop.workers(new Doorbells());
  }

  @AfterEach
  void close() {
    HostResources.awaitReturnTo(before);
  }

  @Test
  void shouldServeAHundredQueuesByOneThread_whenSomeCloseMeanwhile() {
    int count = 100;
    AtomicIntegerArray runs = new AtomicIntegerArray(count);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    List<QueueWorker> workers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;

      workers.add(
          loop.workers(new Doorbells())
              .create(
                  "test " + i,
                  () -> {
                    threads.add(Thread.currentThread());
                    runs.incrementAndGet(number);
                  }));
    }
    for (int round = 1; round <= 3; round++) {
      for (int i = round - 1; i < count; i++) {
        workers.get(i).wake();
      }
      for (int i = round - 1; i < count; i++) {
        int number = i;
        int wanted = round;
        MicroMachine.await(
            () -> runs.get(number) >= wanted,
            () -> "%d ran %d times".formatted(number, runs.get(number)));
      }
      workers.get(round - 1).close();
    }

    assertEquals(1, threads.size());
    workers.forEach(QueueWorker::close);
  }

  @Test
  void shouldReuseThePlaceOfAClosedQueue() {
    QueueWorkers workers = open();
    for (int i = 0; i < 50; i++) {
      AtomicIntegerArray runs = new AtomicIntegerArray(1);
      try (QueueWorker worker = workers.create("test", () -> runs.incrementAndGet(0))) {
        worker.wake();
        MicroMachine.await(() -> runs.get(0) == 1, () -> "it did not run");
      }
    }
  }
}
