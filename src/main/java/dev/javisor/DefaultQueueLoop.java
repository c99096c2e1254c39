package dev.javisor;

import java.util.concurrent.ThreadFactory;

/** The only implementation there is. */
final class DefaultQueueLoop implements QueueLoop {
  private static final String NAME = "javisor-queue-loop";

  private final dev.javisor.internal.machine.QueueLoop loop;

  DefaultQueueLoop(ThreadFactory threads) {
    loop = new dev.javisor.internal.machine.QueueLoop(body -> daemon(threads.newThread(body)));
  }

  private static Thread daemon(Thread thread) {
    if (thread == null) {
      throw new IllegalStateException("the thread factory made no thread for the queue loop");
    }
    thread.setName(NAME);
    thread.setDaemon(true);
    return thread;
  }

  /** What machines are given. */
  dev.javisor.internal.machine.QueueLoop loop() {
    return loop;
  }
}
