package dev.javisor.internal.agent;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command's standard input: bytes that are there before it starts, or what the caller writes.
 * Sends as much as the agent has granted.
 *
 * <p>Threading: one thread writes, another grants.
 */
final class StdinFeed extends OutputStream {
  private static final Logger LOG = LoggerFactory.getLogger(StdinFeed.class);
  private static final int CHUNK = 32768;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final byte @Nullable [] given;
  private int sent;
  private @Nullable ExecSession session;
  private long credit;
  private boolean closed;
  private @Nullable IOException over;

  /**
   * @param given all of the input, or null if it will be written
   */
  StdinFeed(byte @Nullable [] given) {
    this.given = given;
  }

  /** The command has started. */
  void begin(ExecSession session) {
    lock.lock();
    try {
      this.session = session;
    } finally {
      lock.unlock();
    }
    grant(0);
  }

  /** The agent takes more. What was given goes by this thread: it waits for nothing. */
  void grant(long bytes) {
    lock.lock();
    try {
      credit += bytes;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    byte[] input = given;
    if (input != null) {
      try {
        give(input);
      } catch (IOException e) {
        // It has ended without reading all of it; what comes says how.
        LOG.debug("the command takes no more input", e);
        closed = true;
      }
    }
  }

  private void give(byte[] input) throws IOException {
    while (!closed) {
      int count = (int) Math.min(Math.min(credit, CHUNK), input.length - sent);
      if (count == 0 && sent < input.length) {
        return;
      }
      credit -= count;
      closed = count == 0;
      sender().input(input, sent, count);
      sent += count;
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (given != null) {
      throw new IOException("the command was given its input by stdin(…) before it started");
    }
    int done = 0;
    while (done < length) {
      int count = take(Math.min(length - done, CHUNK));
      sender().input(bytes, offset + done, count);
      done += count;
    }
  }

  /** Waits for a grant. */
  private int take(int wanted) throws IOException {
    lock.lock();
    try {
      while (credit == 0 || over != null || closed) {
        if (over != null) {
          throw new IOException(over.getMessage(), over.getCause());
        }
        if (closed) {
          throw new IOException("the command's input is closed");
        }
        changed.await();
      }
      int count = (int) Math.min(wanted, credit);
      credit -= count;
      return count;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the command did not read its input");
    } finally {
      lock.unlock();
    }
  }

  private ExecSession sender() {
    return Objects.requireNonNull(session, "the command has not started");
  }

  /** Nothing can be written any more. */
  void end(IOException why) {
    lock.lock();
    try {
      if (over == null) {
        over = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the input. */
  @Override
  public void close() throws IOException {
    boolean first;
    lock.lock();
    try {
      first = !closed && over == null && given == null;
      closed = closed || first;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (first) {
      sender().input(new byte[0], 0, 0);
    }
  }
}
