package dev.javisor.internal.console;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all back ends have in common: the output that waits, and the thread that carries it.
 *
 * <p>Subclasses do their work in {@link #run} until {@link #isClosing}, on that thread.
 */
abstract class BackendThread implements ConsoleBackend {
  private static final Logger LOG = LoggerFactory.getLogger(ConsoleBackend.class);
  private static final long END_MILLIS = 400;

  /** A guest writes byte by byte; so much later there is more to write in one go. */
  static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  final String name;
  final ConsoleLog log;
  private final Threads threads;
  private @Nullable Thread thread;
  private volatile boolean closing;

  /**
   * @param name for thread and log, such as {@code serial0}
   */
  BackendThread(String name, Threads threads) {
    this.name = name;
    this.threads = threads;
    log = new ConsoleLog(BUFFER, this::wake);
  }

  /** Carries output and input until the end, and gives back what belongs to the thread. */
  abstract void run(ConsoleInput.Port guest) throws Exception;

  /** Makes the thread look for work. Never blocks. */
  abstract void wake();

  /** Gives back what the thread works with; it has ended, or was never started. */
  abstract void release();

  /** Whether the thread is to end. */
  final boolean isClosing() {
    return closing;
  }

  @Override
  public final void start(ConsoleInput.Port guest) {
    Thread made = threads.newThread(name, () -> runGuarded(guest));
    thread = made;
    made.start();
  }

  private void runGuarded(ConsoleInput.Port guest) {
    try {
      run(guest);
    } catch (Exception e) {
      LOG.warn("{}: its host side has failed; the guest goes on without it", name, e);
    }
  }

  @Override
  public final void write(byte value) {
    boolean unused = log.append(value);
  }

  @Override
  public void inputReady() {
    wake();
  }

  @Override
  public final void close() {
    closing = true;
    Thread known = thread;
    boolean ended = true;
    if (known != null) {
      wake();
      ended = join(known);
    }
    if (ended) {
      release();
    } else {
      // A file system that hangs, most likely. What the thread works with stays until it ends.
      LOG.warn("{}: its host side does not end", name);
    }
  }

  private static boolean join(Thread thread) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MILLIS);
    boolean interrupted = false;
    while (thread.isAlive()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        break;
      }
      try {
        thread.join(left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
