package dev.javisor.internal.compress;

import java.io.IOException;

/** Reads bits from the low end of the first byte on (RFC 8878 §4.1.1). */
final class ForwardBits {
  private final byte[] bytes;
  private final int end;
  private int bit;

  /**
   * @param start the index of the first byte
   * @param end the index behind the last byte
   */
  ForwardBits(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.bit = start * 8;
    this.end = end;
  }

  /** Takes up to 16 bits; those behind the end are 0. */
  int take(int count) {
    int value = 0;
    for (int i = 0; i < count; i++, bit++) {
      if (bit >> 3 < end && (bytes[bit >> 3] >> (bit & 7) & 1) != 0) {
        value |= 1 << i;
      }
    }
    return value;
  }

  void giveBack(int count) {
    bit -= count;
  }

  /**
   * The index of the first byte of which nothing was taken.
   *
   * @throws IOException if more was taken than there is
   */
  int nextByte() throws IOException {
    int next = (bit + 7) >> 3;
    if (next > end) {
      throw new IOException("damaged Zstandard data: a table ends early");
    }
    return next;
  }
}
