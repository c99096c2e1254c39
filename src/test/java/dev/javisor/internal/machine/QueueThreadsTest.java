package dev.javisor.internal.machine;

import dev.javisor.internal.bus.QueueWorkers;

class QueueThreadsTest extends QueueWorkersTest {
  @Override
  QueueWorkers open() {
    return new QueueThreads((role, body) -> new Thread(body, "micro " + role), new Doorbells(), 1);
  }
}
