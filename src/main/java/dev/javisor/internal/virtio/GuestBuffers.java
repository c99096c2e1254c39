package dev.javisor.internal.virtio;

import dev.javisor.internal.memory.GuestMemory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a request as buffers over guest RAM, made only when somebody asks: files and TAP
 * interfaces never do.
 *
 * <p>Threading: one thread at a time.
 */
public final class GuestBuffers {
  /** No buffer reaches over a boundary of this size: memory can be lent up to there only. */
  private static final long WINDOW = 1L << 30;

  private final GuestMemory memory;
  private final List<ByteBuffer> made = new ArrayList<>();
  private @Nullable BufferList list;
  private long start;
  private long length;
  private boolean complete;

  /** Nothing, until {@link #set}. */
  public GuestBuffers(GuestMemory memory) {
    this.memory = memory;
  }

  /** Forgets what it has. */
  public void clear() {
    list = null;
    length = 0;
    complete = false;
    made.clear();
  }

  /**
   * Is about a stretch of this list from here on.
   *
   * @param start where in the list it starts, in bytes
   */
  public void set(BufferList list, long start, long length) {
    clear();
    this.list = list;
    this.start = start;
    this.length = length;
  }

  /** The number of buffers. */
  public int count() {
    make();
    return made.size();
  }

  /** A view of a buffer, from 0. */
  public ByteBuffer buffer(int index) {
    make();
    return made.get(index).duplicate().order(made.get(index).order());
  }

  /** Fills the target with bytes from this position on. */
  public void copyTo(long position, ByteBuffer target) {
    check(position, target.remaining());
    for (int i = 0; target.hasRemaining(); i++) {
      ByteBuffer buffer = made.get(i);
      if (position < buffer.capacity()) {
        int chunk = (int) Math.min(target.remaining(), buffer.capacity() - position);
        target.put(buffer.slice((int) position, chunk));
        position += chunk;
      }
      position -= buffer.capacity();
    }
  }

  /** Stores the source's bytes from this position on. */
  public void copyFrom(long position, ByteBuffer source) {
    check(position, source.remaining());
    for (int i = 0; source.hasRemaining(); i++) {
      ByteBuffer buffer = made.get(i);
      if (position < buffer.capacity()) {
        int chunk = (int) Math.min(source.remaining(), buffer.capacity() - position);
        buffer.put((int) position, source, source.position(), chunk);
        source.position(source.position() + chunk);
        position += chunk;
      }
      position -= buffer.capacity();
    }
  }

  private void check(long position, int bytes) {
    make();
    if (position < 0 || position > length - bytes) {
      throw new IndexOutOfBoundsException(
          "%d bytes at %d of buffers that have %d".formatted(bytes, position, length));
    }
  }

  private void make() {
    if (complete || list == null) {
      return;
    }
    long skip = start;
    long left = length;
    for (int i = 0; left > 0; i++) {
      long in = Math.min(skip, list.length(i));
      long bytes = Math.min(list.length(i) - in, left);
      lend(list.gpa(i) + in, bytes);
      skip -= in;
      left -= bytes;
    }
    complete = true;
  }

  private void lend(long gpa, long bytes) {
    while (bytes > 0) {
      int piece = (int) Math.min(bytes, WINDOW - (gpa & (WINDOW - 1)));
      made.add(memory.borrow(gpa, piece));
      gpa += piece;
      bytes -= piece;
    }
  }
}
