package dev.javisor.internal.machine;

/**
 * How long a thread looks for work before it sleeps. What it learns from is how long it was idle in
 * all: had a longer look saved it a sleep, the next one is longer, up to a bound; was the wait much
 * longer than the bound, looking is a waste, and the next look is shorter, or left out. The host's
 * kernel (halt_poll_ns) and QEMU (poll-max-ns) go about it in the same way.
 *
 * <p>Threading: one thread.
 */
final class PollWindow {
  /** The shortest look that is worth it, in nanoseconds. */
  static final long LEAST = 4_000;

  /**
   * What a notification and waking up take by themselves: no part of the wait that a look saves.
   */
  static final long WAKING = 20_000;

  private final long most;
  private long nanos;

  /**
   * @param mostNanos the bound
   */
  PollWindow(long mostNanos) {
    most = mostNanos;
  }

  /** How long to look now, in nanoseconds; 0 for not at all. */
  long nanos() {
    return nanos;
  }

  /** Learns that the thread slept, and for how long it had nothing to do, the look included. */
  void idle(long idleNanos) {
    if (idleNanos > most + WAKING) {
      nanos = nanos / 2 < LEAST ? 0 : nanos / 2;
    } else {
      nanos = Math.min(most, Math.max(LEAST, 2 * nanos));
    }
  }
}
