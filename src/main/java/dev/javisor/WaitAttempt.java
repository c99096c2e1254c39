package dev.javisor;

import dev.javisor.error.JavisorException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One look at a condition by a thread of its own, so that a guest that hangs holds up nobody else.
 *
 * <p>Threading: {@link #run} once, by that thread; all else by the thread that waits.
 */
final class WaitAttempt implements Runnable {
  private final WaitCondition condition;
  private final VirtualMachine vm;
  private final Duration limit;
  private final Runnable onEnd;

  private final Object monitor = new Object();
  // Guarded by monitor.
  private @Nullable Thread runner;
  private boolean cancelled;
  private boolean ended;
  private @Nullable String failure;
  private @Nullable Throwable error;

  /**
   * @param limit how long it may take
   * @param onEnd called when it has ended
   */
  WaitAttempt(WaitCondition condition, VirtualMachine vm, Duration limit, Runnable onEnd) {
    this.condition = condition;
    this.vm = vm;
    this.limit = limit;
    this.onEnd = onEnd;
  }

  @Override
  public void run() {
    synchronized (monitor) {
      runner = Thread.currentThread();
      if (cancelled) {
        runner.interrupt();
      }
    }
    try {
      end(condition.tryOnce(vm, limit), null);
    } catch (InterruptedException e) {
      end("it was given up", null);
    } catch (JavisorException e) {
      end(String.valueOf(e.getMessage()), null);
    } catch (RuntimeException | Error e) {
      end(String.valueOf(e), e);
    }
    onEnd.run();
  }

  private void end(@Nullable String why, @Nullable Throwable unexpected) {
    synchronized (monitor) {
      runner = null;
      failure = why;
      error = unexpected;
      ended = true;
    }
  }

  /** Interrupts it, if it has not ended. It need not end at once. */
  void cancel() {
    synchronized (monitor) {
      cancelled = true;
      if (runner != null) {
        runner.interrupt();
      }
    }
  }

  /** Whether {@link #failure} is known. */
  boolean hasEnded() {
    synchronized (monitor) {
      return ended;
    }
  }

  /**
   * Why the condition does not hold, or null if it does.
   *
   * @throws RuntimeException if it met an exception that nobody expects
   */
  @Nullable String failure() {
    synchronized (monitor) {
      if (error instanceof Error fatal) {
        throw fatal;
      }
      if (error instanceof RuntimeException unexpected) {
        throw unexpected;
      }
      return failure;
    }
  }
}
