package dev.javisor.internal.boot;

import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeBuffer;
import java.nio.ByteBuffer;

/** Reads small pieces of a kernel file: headers, notes. */
final class KernelFile {
  private final Fd fd;
  private final long size;

  KernelFile(Fd fd) {
    this.fd = fd;
    this.size = fd.size();
  }

  Fd fd() {
    return fd;
  }

  long size() {
    return size;
  }

  /** Whether the file has these bytes; all values that a hostile header can hold are welcome. */
  boolean contains(long offset, long length) {
    return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
  }

  /**
   * Reads a piece.
   *
   * @param what the piece's name, for the message
   * @throws PayloadException if the file ends before it does
   */
  ByteBuffer read(long offset, int length, String what) {
    ByteBuffer bytes = readUpTo(offset, length);
    if (bytes.limit() < length) {
      throw truncated(what, offset, length);
    }
    return bytes;
  }

  /** Reads a piece, less of it where the file ends early. */
  ByteBuffer readUpTo(long offset, int length) {
    NativeBuffer buffer = NativeBuffer.ofSize(length);
    boolean inside = offset >= 0 && offset <= size;
    long count = inside ? buffer.during(at -> fd.readFully(at, length, offset)) : 0;
    return buffer.bytes().limit((int) count);
  }

  PayloadException truncated(String what, long offset, long length) {
    return PayloadException.kernel(
        "the file is truncated: it has 0x%x bytes, and %s needs 0x%x bytes from 0x%x on",
        size, what, length, offset);
  }
}
