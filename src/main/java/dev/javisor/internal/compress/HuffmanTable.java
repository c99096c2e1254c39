package dev.javisor.internal.compress;

import java.io.IOException;

/** A decoding table for literals (RFC 8878 §4.2). */
final class HuffmanTable {
  private static final int MAX_BITS = 11;
  private static final int MAX_WEIGHTS_LOG = 6;

  private final int maxBits;
  private final byte[] symbols;
  private final byte[] lengths;

  private HuffmanTable(int maxBits) {
    this.maxBits = maxBits;
    this.symbols = new byte[1 << maxBits];
    this.lengths = new byte[1 << maxBits];
  }

  /** A table, and where the bytes behind its description begin. */
  record Parsed(HuffmanTable table, int next) {}

  /**
   * Reads a table's description.
   *
   * @param bytes with {@link ReverseBits#SLACK} bytes behind {@code end}
   * @throws IOException if it is damaged
   */
  static Parsed read(byte[] bytes, int start, int end) throws IOException {
    if (start >= end) {
      throw damaged();
    }
    int head = bytes[start] & 0xff;
    byte[] weights = new byte[256];
    int count;
    int next;
    if (head >= 128) {
      count = head - 127;
      next = start + 1 + (count + 1) / 2;
      if (next > end) {
        throw damaged();
      }
      for (int i = 0; i < count; i++) {
        int pair = bytes[start + 1 + i / 2];
        weights[i] = (byte) (i % 2 == 0 ? pair >> 4 & 15 : pair & 15);
      }
    } else {
      next = start + 1 + head;
      if (next > end) {
        throw damaged();
      }
      count = readWeights(bytes, start + 1, next, weights);
    }
    return new Parsed(of(weights, count), next);
  }

  private static int readWeights(byte[] bytes, int start, int end, byte[] weights)
      throws IOException {
    ForwardBits description = new ForwardBits(bytes, start, end);
    FseTable table = FseTable.read(description, MAX_WEIGHTS_LOG, 255);
    ReverseBits in = new ReverseBits(bytes, description.nextByte(), end);
    int[] states = {table.start(in), table.start(in)};
    int count = 0;
    // Two states take turns; when the bits run out, the other one has a symbol left.
    for (int turn = 0; ; turn ^= 1) {
      if (count >= 254) {
        throw damaged();
      }
      weights[count++] = (byte) table.symbol(states[turn]);
      states[turn] = table.next(states[turn], in);
      if (in.left() < 0) {
        weights[count++] = (byte) table.symbol(states[turn ^ 1]);
        return count;
      }
    }
  }

  /** The last weight is not written: it is what makes the sum of all a power of two. */
  private static HuffmanTable of(byte[] weights, int count) throws IOException {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      if (weights[i] > MAX_BITS) {
        throw damaged();
      }
      sum += weights[i] == 0 ? 0 : 1 << (weights[i] - 1);
    }
    int maxBits = 32 - Integer.numberOfLeadingZeros(sum);
    int rest = (1 << maxBits) - sum;
    if (sum == 0 || maxBits > MAX_BITS || Integer.bitCount(rest) != 1) {
      throw damaged();
    }
    weights[count] = (byte) (32 - Integer.numberOfLeadingZeros(rest));
    HuffmanTable table = new HuffmanTable(maxBits);
    int at = 0;
    for (int weight = 1; weight <= maxBits; weight++) {
      for (int s = 0; s <= count; s++) {
        if (weights[s] == weight) {
          for (int i = 0; i < 1 << (weight - 1); i++, at++) {
            table.symbols[at] = (byte) s;
            table.lengths[at] = (byte) (maxBits + 1 - weight);
          }
        }
      }
    }
    return table;
  }

  /**
   * Decodes one stream of literals.
   *
   * @throws IOException if the stream does not hold exactly {@code count} of them
   */
  void decode(byte[] bytes, int start, int end, byte[] out, int to, int count) throws IOException {
    ReverseBits in = new ReverseBits(bytes, start, end);
    for (int i = 0; i < count; i++) {
      int code = in.peek(maxBits);
      out[to + i] = symbols[code];
      in.skip(lengths[code]);
    }
    if (in.left() != 0) {
      throw damaged();
    }
  }

  private static IOException damaged() {
    return new IOException("damaged Zstandard data: literals");
  }
}
