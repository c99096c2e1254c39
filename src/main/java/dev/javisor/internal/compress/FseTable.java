package dev.javisor.internal.compress;

import java.io.IOException;

/** A decoding table of finite state entropy (RFC 8878 §4.1). */
final class FseTable {
  private static final int MAX_SYMBOLS = 256;

  /** How many bits a state has. */
  final int log;

  private final byte[] symbols;
  private final byte[] bits;
  private final short[] bases;

  private FseTable(int log) {
    this.log = log;
    this.symbols = new byte[1 << log];
    this.bits = new byte[1 << log];
    this.bases = new short[1 << log];
  }

  /** A table that always gives one symbol. */
  static FseTable constant(int symbol) {
    FseTable table = new FseTable(0);
    table.symbols[0] = (byte) symbol;
    return table;
  }

  /**
   * Reads a table's description.
   *
   * @param maxLog the most bits that a state may have
   * @param maxSymbol the highest symbol there is
   * @throws IOException if it is damaged
   */
  static FseTable read(ForwardBits in, int maxLog, int maxSymbol) throws IOException {
    int log = in.take(4) + 5;
    if (log > maxLog) {
      throw damaged();
    }
    short[] counts = new short[MAX_SYMBOLS];
    int symbol = 0;
    int remaining = 1 << log;
    while (remaining > 0 && symbol <= maxSymbol) {
      int count = readCount(in, remaining);
      remaining -= Math.abs(count);
      counts[symbol++] = (short) count;
      if (count == 0) {
        symbol += readZeros(in, maxSymbol);
      }
    }
    if (remaining != 0 || symbol > maxSymbol + 1) {
      throw damaged();
    }
    return of(counts, symbol, log);
  }

  private static int readCount(ForwardBits in, int remaining) {
    int width = 32 - Integer.numberOfLeadingZeros(remaining + 1);
    int value = in.take(width);
    int low = (1 << (width - 1)) - 1;
    int threshold = (1 << width) - 1 - (remaining + 1);
    if ((value & low) < threshold) {
      in.giveBack(1);
      value &= low;
    } else if (value > low) {
      value -= threshold;
    }
    return value - 1;
  }

  private static int readZeros(ForwardBits in, int limit) throws IOException {
    int zeros = 0;
    int more;
    do {
      more = in.take(2);
      zeros += more;
      if (zeros > limit) {
        throw damaged();
      }
    } while (more == 3);
    return zeros;
  }

  /**
   * Makes a table.
   *
   * @param counts how many states each symbol has; -1 is less than one
   * @param symbolCount how many of them there are
   * @throws IOException if they do not add up
   */
  static FseTable of(short[] counts, int symbolCount, int log) throws IOException {
    FseTable table = new FseTable(log);
    int size = 1 << log;
    int[] next = new int[symbolCount];
    int high = size;
    for (int s = 0; s < symbolCount; s++) {
      if (counts[s] == -1) {
        table.symbols[--high] = (byte) s;
        next[s] = 1;
      }
    }
    int step = (size >> 1) + (size >> 3) + 3;
    int at = 0;
    for (int s = 0; s < symbolCount; s++) {
      for (int i = 0; i < counts[s]; i++) {
        table.symbols[at] = (byte) s;
        do {
          at = (at + step) & (size - 1);
        } while (at >= high);
      }
      next[s] = Math.max(next[s], counts[s]);
    }
    if (at != 0) {
      throw damaged();
    }
    for (int i = 0; i < size; i++) {
      int n = next[table.symbols[i] & 0xff]++;
      table.bits[i] = (byte) (log - (31 - Integer.numberOfLeadingZeros(n)));
      table.bases[i] = (short) ((n << table.bits[i]) - size);
    }
    return table;
  }

  int start(ReverseBits in) {
    return in.take(log);
  }

  int symbol(int state) {
    return symbols[state] & 0xff;
  }

  int next(int state, ReverseBits in) {
    return bases[state] + in.take(bits[state]);
  }

  private static IOException damaged() {
    return new IOException("damaged Zstandard data: an impossible table");
  }
}
