package dev.javisor.internal.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A command's output that has come and was not read yet: {@link ExecSession#WINDOW} bytes at most,
 * which is what the agent may send. Grants more as it is read.
 *
 * <p>Threading: one thread reads, another puts.
 */
final class OutputPipe extends InputStream {
  private static final int FIRST = 8192;
  private static final int BATCH = ExecSession.WINDOW / 4;

  private final ExecSession session;
  private final int stream;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private byte[] ring = new byte[FIRST];
  private int first;
  private int size;
  private int owed;
  private boolean ended;
  private boolean closed;
  private @Nullable IOException failed;

  OutputPipe(ExecSession session, int stream) {
    this.session = session;
    this.stream = stream;
  }

  /** Keeps a piece, or drops it if nobody wants it. */
  void put(ByteBuffer bytes) {
    int length = bytes.remaining();
    int grant = 0;
    lock.lock();
    try {
      if (closed) {
        grant = owe(length);
      } else {
        room(size + length);
        int at = (first + size) % ring.length;
        int head = Math.min(length, ring.length - at);
        bytes.get(ring, at, head).get(ring, 0, length - head);
        size += length;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
    grant(grant);
  }

  private void room(int count) {
    if (count <= ring.length) {
      return;
    }
    byte[] larger = new byte[Math.min(ExecSession.WINDOW, Math.max(count, 2 * ring.length))];
    int head = Math.min(size, ring.length - first);
    System.arraycopy(ring, first, larger, 0, head);
    System.arraycopy(ring, 0, larger, head, size - head);
    ring = larger;
    first = 0;
  }

  /** How much to grant now that so much more was read. */
  private int owe(int count) {
    owed += count;
    int grant = owed >= BATCH && !ended ? owed : 0;
    owed -= grant;
    return grant;
  }

  private void grant(int bytes) {
    if (bytes > 0) {
      session.credit(stream, bytes);
    }
  }

  /** There is no more. */
  void end() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** There might have been more, but it will not come. */
  void fail(IOException why) {
    lock.lock();
    try {
      if (!ended && failed == null) {
        failed = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    int count;
    int grant;
    lock.lock();
    try {
      if (!await()) {
        return -1;
      }
      count = Math.min(length, size);
      int head = Math.min(count, ring.length - first);
      System.arraycopy(ring, first, bytes, offset, head);
      System.arraycopy(ring, 0, bytes, offset + head, count - head);
      first = (first + count) % ring.length;
      size -= count;
      grant = owe(count);
    } finally {
      lock.unlock();
    }
    grant(grant);
    return count;
  }

  /** Whether there is something, rather than the end. */
  private boolean await() throws IOException {
    try {
      while (size == 0) {
        if (closed) {
          throw new IOException("the stream is closed");
        }
        if (ended) {
          return false;
        }
        if (failed != null) {
          throw new IOException(failed.getMessage(), failed.getCause());
        }
        changed.await();
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the command printed nothing");
    }
  }

  @Override
  public int available() {
    lock.lock();
    try {
      return size;
    } finally {
      lock.unlock();
    }
  }

  /** Drops what is here and what comes; the command goes on. */
  @Override
  public void close() {
    int grant;
    lock.lock();
    try {
      closed = true;
      grant = owe(size);
      size = 0;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    grant(grant);
  }
}
