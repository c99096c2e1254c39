package dev.javisor.internal.machine;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.MemoryLease;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has what may get into a user's backend done on threads of its own, so that whoever waits can let
 * go: such code may never return. For as long as one of these threads is left alone, guest memory
 * stays mapped, though empty once it is closed; what the thread then still does to it is harmless.
 *
 * <p>Threading: any thread.
 */
final class Errands {
  /** Longer than a disk waits for its requests once it is cancelled. */
  static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(7);

  private static final Logger log = LoggerFactory.getLogger(Errands.class);
  private static final long LOOK_MILLIS = 20;

  private final MachineThreads threads;
  private final GuestMemory memory;
  private final Ending ending;
  private final long patienceNanos;

  Errands(MachineThreads threads, GuestMemory memory, Ending ending) {
    this(threads, memory, ending, PATIENCE_NANOS);
  }

  /**
   * @param patienceNanos how long {@link #finish} waits once the end is pressing
   */
  Errands(MachineThreads threads, GuestMemory memory, Ending ending, long patienceNanos) {
    this.threads = threads;
    this.memory = memory;
    this.ending = ending;
    this.patienceNanos = patienceNanos;
  }

  /**
   * Does something and waits for it, unless the end is pressing.
   *
   * @param role of the thread
   * @throws IllegalStateException if nobody waited until the step was done
   */
  void run(String role, Runnable step) {
    Errand errand = start(role, step);
    if (!errand.await(() -> ending.pressingFor(0))) {
      throw new IllegalStateException("the machine was closed during its " + role);
    }
    errand.rethrow();
  }

  /**
   * Does everything at the same time, and waits until all is done, but only for a few seconds once
   * the end is pressing. What fails is logged.
   *
   * @param steps by the roles of their threads
   */
  void finish(Map<String, Runnable> steps) {
    List<Errand> errands = new ArrayList<>();
    steps.forEach((role, step) -> errands.add(start(role, step)));
    for (Errand errand : errands) {
      if (errand.await(() -> ending.pressingFor(patienceNanos))) {
        errand.logFailure();
      } else {
        log.error(
            "{}: not done after {} s, and left alone; guest memory stays mapped until it is",
            errand.role,
            TimeUnit.NANOSECONDS.toSeconds(patienceNanos));
      }
    }
  }

  private Errand start(String role, Runnable step) {
    Errand errand = new Errand(role, step, memory.lease(0, 0));
    try {
      threads.newThread(role, errand).start();
    } catch (RuntimeException | OutOfMemoryError e) {
      log.warn("{}: no thread for it, so nobody can let go of it", role, e);
      errand.run();
    }
    return errand;
  }

  /** One step, and whether it is done. */
  private static final class Errand implements Runnable {
    final String role;
    private final Runnable step;
    private final MemoryLease lease;
    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable Throwable failure;

    Errand(String role, Runnable step, MemoryLease lease) {
      this.role = role;
      this.step = step;
      this.lease = lease;
    }

    @Override
    public void run() {
      try {
        step.run();
      } catch (RuntimeException | Error e) {
        failure = e;
      } finally {
        lease.close();
        done.countDown();
      }
    }

    /** Returns whether it is done, before there is a reason to let go. An interrupt is kept. */
    boolean await(BooleanSupplier letGo) {
      boolean interrupted = false;
      try {
        while (true) {
          try {
            if (done.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
              return true;
            }
            if (letGo.getAsBoolean()) {
              return false;
            }
          } catch (InterruptedException e) {
            interrupted = true;
          }
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    void rethrow() {
      Throwable thrown = failure;
      if (thrown instanceof Error e) {
        throw e;
      }
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
    }

    void logFailure() {
      Throwable thrown = failure;
      if (thrown != null) {
        log.error("{} failed", role, thrown);
      }
    }
  }
}
