package dev.javisor;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The time in which something is waited for; a test's own in tests. */
interface WaitClock {
  /** The JVM's clock. */
  WaitClock SYSTEM = new SystemClock();

  /** Nanoseconds since some moment. */
  long nanos();

  /**
   * Lets time pass.
   *
   * @param end what ends that early; it never fails
   * @throws InterruptedException if the thread is interrupted
   */
  void pass(Duration time, CompletableFuture<?> end) throws InterruptedException;

  /** The JVM's clock. */
  final class SystemClock implements WaitClock {
    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public void pass(Duration time, CompletableFuture<?> end) throws InterruptedException {
      try {
        Object unused = end.get(time.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // As it should be.
        return;
      } catch (ExecutionException e) {
        throw new IllegalStateException("what ends a pause never fails", e);
      }
    }
  }
}
