package dev.javisor.internal.compress;

import java.io.IOException;
import java.util.Arrays;

/**
 * What a Zstandard frame has decoded to: the part that matches may reach back to, and what nobody
 * read yet.
 */
final class ZstdWindow {
  private static final int FIRST = 1 << 20;
  private static final int ROOM = 1 << 20;

  private final int reach;
  private byte[] bytes;
  private int read;
  private int written;
  private int blockEnd;

  /**
   * @param reach how far back a match may reach, in bytes
   */
  ZstdWindow(int reach) {
    this.reach = reach;
    this.bytes = new byte[Math.min(reach + ROOM, FIRST)];
  }

  /** Makes room for one more block of at most {@code size} bytes. All before it must be read. */
  void makeRoom(int size) {
    if (bytes.length - written < size) {
      int keep = Math.min(written, reach);
      if (keep < written - keep || bytes.length >= reach + ROOM) {
        System.arraycopy(bytes, written - keep, bytes, 0, keep);
        written = keep;
        read = keep;
      }
      if (bytes.length - written < size) {
        long doubled = Math.max(2L * bytes.length, (long) written + size);
        bytes = Arrays.copyOf(bytes, (int) Math.min(doubled, (long) reach + ROOM));
      }
    }
    blockEnd = written + size;
  }

  int available() {
    return written - read;
  }

  int read(byte[] target, int off, int len) {
    int n = Math.min(len, available());
    System.arraycopy(bytes, read, target, off, n);
    read += n;
    return n;
  }

  void literals(byte[] source, int from, int count) throws IOException {
    checkRoom(count);
    System.arraycopy(source, from, bytes, written, count);
    written += count;
  }

  void fill(byte value, int count) throws IOException {
    checkRoom(count);
    Arrays.fill(bytes, written, written + count, value);
    written += count;
  }

  void match(long offset, int count) throws IOException {
    checkRoom(count);
    if (offset > written || offset > reach) {
      throw new IOException("damaged Zstandard data: a match before the start");
    }
    int from = written - (int) offset;
    if (offset >= count) {
      System.arraycopy(bytes, from, bytes, written, count);
    } else {
      for (int i = 0; i < count; i++) {
        bytes[written + i] = bytes[from + i];
      }
    }
    written += count;
  }

  private void checkRoom(int count) throws IOException {
    if (count > blockEnd - written) {
      throw new IOException("damaged Zstandard data: a block is too long");
    }
  }
}
