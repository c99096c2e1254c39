package dev.javisor.internal.console;

import dev.javisor.internal.sys.EventFd;
import dev.javisor.internal.sys.PollSet;
import dev.javisor.internal.sys.Pty;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A pseudoterminal: {@link dev.javisor.config.ConsoleMode#pty}. */
final class PtyBackend extends BackendThread {
  private static final int MASTER = 0;
  private static final int WAKE = 1;
  private static final long LAST_OUTPUT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long REOPEN_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Pty pty;
  private final EventFd wake;
  private final PollSet ready;
  private final OutputCursor output = new OutputCursor(log);
  private final InputPiece input = new InputPiece();

  /**
   * @throws dev.javisor.internal.sys.NativeException if the host has none left
   */
  PtyBackend(String name, Threads threads) {
    super(name, threads);
    pty = Pty.open();
    try {
      wake = new EventFd(name + " wake-up", false);
    } catch (RuntimeException e) {
      pty.close();
      throw e;
    }
    ready = new PollSet(pty.master(), wake);
    ready.want(WAKE, PollSet.IN);
  }

  @Override
  public Optional<Path> path() {
    return Optional.of(pty.path());
  }

  @Override
  void run(ConsoleInput.Port guest) {
    while (!isClosing()) {
      log.arm();
      boolean blocked = !writeOut();
      input.offer(guest);
      ready.want(MASTER, (input.isEmpty() ? PollSet.IN : 0) | (blocked ? PollSet.OUT : 0));
      ready.await(input.isEmpty() ? -1 : InputPiece.RETRY_MILLIS);
      if (ready.has(WAKE, PollSet.IN)) {
        wake.await();
        LockSupport.parkNanos(this, NAP_NANOS);
      }
      if (ready.has(MASTER, PollSet.GONE)) {
        reopen();
      } else if (input.isEmpty()) {
        int count = pty.read(input.bytes());
        input.fill(Math.max(0, count));
      }
    }
    writeLast();
  }

  /** What clients have not read when it closes is lost to them. */
  private void writeLast() {
    long deadline = System.nanoTime() + LAST_OUTPUT_NANOS;
    boolean written = writeOut();
    do {
      LockSupport.parkNanos(this, NAP_NANOS);
      written = written || writeOut();
    } while ((!written || pty.unread() > 0) && System.nanoTime() < deadline);
  }

  /** Writes until there is nothing left, or no room; returns whether nothing is left. */
  private boolean writeOut() {
    while (output.load()) {
      int count = pty.write(output.piece(), output.offset(), output.length());
      if (count <= 0) {
        return false;
      }
      output.advance(count);
    }
    return true;
  }

  private void reopen() {
    // Not at once: somebody who hangs it up all the time must not keep a processor busy.
    LockSupport.parkNanos(this, REOPEN_NANOS);
    pty.reopen();
  }

  @Override
  void wake() {
    wake.signal();
  }

  @Override
  void release() {
    wake.close();
    pty.close();
  }

  @Override
  public String toString() {
    return "pty " + pty.path();
  }
}
