package dev.javisor.internal.vsock;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Arrays of a power of two of bytes that are used over and over. It keeps a few that nobody uses;
 * of those that are in use it knows nothing.
 *
 * <p>Threading: any thread.
 */
final class BytePool {
  private static final long MOST_KEPT = 2L << 20;

  /** By the number of zeros at a length's end. */
  private final List<ArrayDeque<byte[]>> kept = new ArrayList<>();

  private long bytes;

  BytePool() {
    for (int i = 0; i < Integer.SIZE; i++) {
      kept.add(new ArrayDeque<>());
    }
  }

  /** An array with anything in it. */
  synchronized byte[] take(int length) {
    byte[] array = kept.get(Integer.numberOfTrailingZeros(length)).pollLast();
    if (array == null) {
      return new byte[length];
    }
    bytes -= length;
    return array;
  }

  /** Nobody uses it any more. */
  synchronized void give(byte[] array) {
    if (bytes + array.length <= MOST_KEPT) {
      bytes += array.length;
      kept.get(Integer.numberOfTrailingZeros(array.length)).addLast(array);
    }
  }
}
