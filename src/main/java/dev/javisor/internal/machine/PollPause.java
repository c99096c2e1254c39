package dev.javisor.internal.machine;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What threads that poll do between two looks: where vCPUs and they are more than the host's
 * processors, they let others run. One for all of a machine's.
 *
 * <p>Threading: any thread.
 */
final class PollPause {
  private final int room;
  private final AtomicInteger looking = new AtomicInteger();

  /**
   * @param vcpus of the machine
   * @param processors of the host, as far as this process may use them
   */
  PollPause(int vcpus, int processors) {
    room = processors - vcpus;
  }

  /** A thread begins to look. */
  void begin() {
    looking.incrementAndGet();
  }

  /** It ends. */
  void end() {
    looking.decrementAndGet();
  }

  /** Whether processors are scarce. */
  boolean crowded() {
    return looking.get() > room;
  }

  /** Between two looks. */
  @SuppressWarnings("ThreadPriorityCheck") // A hint is what it is; nothing relies on it.
  void pause() {
    if (crowded()) {
      Thread.yield();
    } else {
      Thread.onSpinWait();
    }
  }
}
