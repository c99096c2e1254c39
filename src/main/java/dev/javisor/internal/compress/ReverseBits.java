package dev.javisor.internal.compress;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads bits from the end of some bytes towards their start, as Zstandard writes them (RFC 8878
 * §4.1): the highest bit that is set in the last byte marks the end.
 */
final class ReverseBits {
  /** What must be readable behind the last byte. */
  static final int SLACK = 8;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[] bytes;
  private final int start;

  /** How many bits are left; negative once more were taken. */
  private int left;

  /**
   * @param bytes with at least {@link #SLACK} bytes behind {@code end}
   * @param start the index of the first byte
   * @param end the index behind the last byte
   * @throws IOException if the end has no mark
   */
  ReverseBits(byte[] bytes, int start, int end) throws IOException {
    if (end <= start || bytes[end - 1] == 0) {
      throw new IOException("damaged Zstandard data: a bit stream without end mark");
    }
    this.bytes = bytes;
    this.start = start;
    this.left = (end - start) * 8 - Integer.numberOfLeadingZeros(bytes[end - 1] & 0xff) + 24 - 1;
  }

  /** Takes up to 32 bits; those before the start are 0. */
  int take(int count) {
    int value = peek(count);
    left -= count;
    return value;
  }

  /** The next up to 32 bits without taking them; those before the start are 0. */
  int peek(int count) {
    int from = left - count;
    if (from >= 0) {
      return at(from, count);
    }
    int there = Math.max(left, 0);
    // Bits that do not exist are the low ones: the stream runs towards its start.
    return there == 0 || count - there > 31 ? 0 : at(0, there) << (count - there);
  }

  void skip(int count) {
    left -= count;
  }

  int left() {
    return left;
  }

  private int at(int bit, int count) {
    long word = (long) LONGS.get(bytes, start + (bit >> 3)) >>> (bit & 7);
    return (int) (word & ((1L << count) - 1));
  }
}
