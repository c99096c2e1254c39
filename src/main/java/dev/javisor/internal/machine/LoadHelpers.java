package dev.javisor.internal.machine;

import dev.javisor.internal.boot.KernelLoad;
import java.util.ArrayList;
import java.util.List;

/**
 * Threads that read a kernel into RAM while the machine's thread makes vCPUs and devices, and that
 * are gone when the boot is done. A small kernel, or a host of one CPU, gets none.
 */
final class LoadHelpers {
  /** Beyond these, memory is what limits. */
  private static final int MOST = 3;

  private final KernelLoad load;
  private final MachineThreads threads;
  private final List<Thread> started = new ArrayList<>();

  LoadHelpers(KernelLoad load, MachineThreads threads) {
    this.load = load;
    this.threads = threads;
  }

  /**
   * Starts them.
   *
   * @throws IllegalStateException if the caller's factory makes none
   */
  void start() {
    int idle = Runtime.getRuntime().availableProcessors() - 1;
    int count = Math.min(MOST, Math.min(idle, load.pieces() - 1));
    for (int i = 0; i < count; i++) {
      Thread thread = threads.newThread("loader" + i, load::read);
      thread.start();
      started.add(thread);
    }
  }

  /** Waits for their end, which is near once the load has been finished or cancelled. */
  void join() {
    boolean interrupted = false;
    for (Thread thread : started) {
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
