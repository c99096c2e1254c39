package dev.javisor.internal.machine;

import dev.javisor.internal.bus.Scheduler;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The machine's timer: one thread, which is there only once something has been scheduled.
 *
 * <p>Threading: any thread.
 */
final class MachineTimer implements Scheduler, AutoCloseable {
  private final ScheduledThreadPoolExecutor executor;

  MachineTimer(MachineThreads threads) {
    executor = new ScheduledThreadPoolExecutor(1, body -> threads.newThread("timer", body));
    // Guests decide how often devices cancel: what is cancelled must not pile up.
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Scheduled schedule(long delayNanos, Runnable task) {
    ScheduledFuture<?> future = executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  /** Ends the thread; on return no task runs. */
  @Override
  public void close() {
    executor.shutdownNow();
    boolean interrupted = false;
    while (true) {
      try {
        executor.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
