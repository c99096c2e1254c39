package dev.javisor.internal.machine;

/** What all threads of machines have in common. */
final class Threads {
  private Threads() {}

  /** Waits for a thread's end; an interrupt is kept for later. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
