package dev.javisor.internal.console;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Feeds what the host types into a serial port whose buffer is small. Writers wait until the guest
 * has taken what they write, one after the other.
 *
 * <p>Threading: any thread, virtual ones included; {@link #ready} also on vCPU threads.
 */
public final class ConsoleInput {
  /** A guest may forget to say that it has room; look again after this long. */
  private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Port port;
  private final ReentrantLock writers = new ReentrantLock(true);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private long changes;

  /** Input for this port. */
  public ConsoleInput(Port port) {
    this.port = port;
  }

  /**
   * Writes all bytes, or as many as it can before the end.
   *
   * @param open tells whether the guest may still take input
   * @return how many the port took: all of them, unless {@code open} said no
   * @throws InterruptedException if the thread is interrupted; some bytes may have been taken
   */
  public int write(byte[] bytes, BooleanSupplier open) throws InterruptedException {
    writers.lockInterruptibly();
    try {
      int written = 0;
      while (written < bytes.length && open.getAsBoolean()) {
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted after " + written + " bytes");
        }
        long seen = changes();
        int taken = port.offer(bytes, written, bytes.length - written);
        written += taken;
        if (taken == 0) {
          awaitChange(seen);
        }
      }
      return written;
    } finally {
      writers.unlock();
    }
  }

  /** Wakes writers: the port has room, or the guest has ended. */
  public void ready() {
    lock.lock();
    try {
      changes++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long changes() {
    lock.lock();
    try {
      return changes;
    } finally {
      lock.unlock();
    }
  }

  private void awaitChange(long seen) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = LOOK_AGAIN_NANOS;
      while (changes == seen && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The input side of a serial port. */
  @FunctionalInterface
  public interface Port {
    /** Takes bytes from the first on, and says how many: none if it has no room. */
    int offer(byte[] bytes, int offset, int length);
  }
}
