package dev.javisor.internal.compress;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the sequences of Zstandard blocks and carries them out (RFC 8878 §3.1.1.3.2, §3.1.1.4).
 */
final class ZstdSequences {
  private static final int[] LITERAL_BASE = {
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64,
    128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536
  };
  private static final int[] LITERAL_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11,
    12, 13, 14, 15, 16
  };
  private static final int[] MATCH_BASE = {
    3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
    29, 30, 31, 32, 33, 34, 35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051,
    4099, 8195, 16387, 32771, 65539
  };
  private static final int[] MATCH_BITS = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
  };
  private static final short[] LITERAL_COUNTS = {
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1,
    -1, -1, -1, -1
  };
  private static final short[] MATCH_COUNTS = {
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
  };
  private static final short[] OFFSET_COUNTS = {
    1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
  };
  private static final int MAX_OFFSET_CODE = 31;

  private final Table literalLengths = new Table(LITERAL_COUNTS, 6, 9, 35);
  private final Table offsets = new Table(OFFSET_COUNTS, 5, 8, MAX_OFFSET_CODE);
  private final Table matchLengths = new Table(MATCH_COUNTS, 6, 9, 52);
  private final long[] recent = {1, 4, 8};

  /** One of the three tables, which a block may set anew or take from the block before. */
  private static final class Table {
    private final short[] defaultCounts;
    private final int defaultLog;
    private final int maxLog;
    private final int maxSymbol;
    private @Nullable FseTable current;

    Table(short[] defaultCounts, int defaultLog, int maxLog, int maxSymbol) {
      this.defaultCounts = defaultCounts;
      this.defaultLog = defaultLog;
      this.maxLog = maxLog;
      this.maxSymbol = maxSymbol;
    }

    int read(int mode, byte[] block, int at, int end) throws IOException {
      int next = at;
      if (mode == 0) {
        current = FseTable.of(defaultCounts, defaultCounts.length, defaultLog);
      } else if (mode == 1) {
        if (at >= end || (block[at] & 0xff) > maxSymbol) {
          throw damaged();
        }
        current = FseTable.constant(block[at]);
        next = at + 1;
      } else if (mode == 2) {
        ForwardBits in = new ForwardBits(block, at, end);
        current = FseTable.read(in, maxLog, maxSymbol);
        next = in.nextByte();
      }
      return next;
    }

    FseTable get() throws IOException {
      if (current == null) {
        throw damaged();
      }
      return current;
    }
  }

  /**
   * Decodes a section and writes what the block stands for.
   *
   * @param block with {@link ReverseBits#SLACK} bytes behind {@code end}
   * @throws IOException if it is damaged
   */
  void decode(byte[] block, int start, int end, ZstdLiterals literals, ZstdWindow window)
      throws IOException {
    if (start >= end) {
      throw damaged();
    }
    int at = start + 1;
    int count = block[start] & 0xff;
    if (count >= 128) {
      int more = count == 255 ? 2 : 1;
      if (at + more > end) {
        throw damaged();
      }
      int low = block[at] & 0xff;
      count =
          count == 255 ? low + ((block[at + 1] & 0xff) << 8) + 0x7f00 : ((count - 128) << 8) + low;
      at += more;
    }
    int used = count == 0 ? 0 : sequences(block, at, end, count, literals, window);
    window.literals(literals.bytes, used, literals.size() - used);
  }

  private int sequences(
      byte[] block, int start, int end, int count, ZstdLiterals literals, ZstdWindow window)
      throws IOException {
    if (start >= end) {
      throw damaged();
    }
    int modes = block[start];
    int at = literalLengths.read(modes >> 6 & 3, block, start + 1, end);
    at = offsets.read(modes >> 4 & 3, block, at, end);
    at = matchLengths.read(modes >> 2 & 3, block, at, end);
    FseTable ll = literalLengths.get();
    FseTable of = offsets.get();
    FseTable ml = matchLengths.get();
    ReverseBits in = new ReverseBits(block, at, end);
    int llState = ll.start(in);
    int ofState = of.start(in);
    int mlState = ml.start(in);
    int used = 0;
    for (int i = 0; i < count; i++) {
      int ofCode = of.symbol(ofState);
      long offsetValue = (1L << ofCode) + Integer.toUnsignedLong(in.take(ofCode));
      int mlCode = ml.symbol(mlState);
      int matchLength = MATCH_BASE[mlCode] + in.take(MATCH_BITS[mlCode]);
      int llCode = ll.symbol(llState);
      int literalLength = LITERAL_BASE[llCode] + in.take(LITERAL_BITS[llCode]);
      if (i < count - 1) {
        llState = ll.next(llState, in);
        mlState = ml.next(mlState, in);
        ofState = of.next(ofState, in);
      }
      if (in.left() < 0 || literalLength > literals.size() - used) {
        throw damaged();
      }
      window.literals(literals.bytes, used, literalLength);
      used += literalLength;
      window.match(offset(offsetValue, literalLength), matchLength);
    }
    if (in.left() != 0) {
      throw damaged();
    }
    return used;
  }

  /** The values 1 to 3 mean offsets that were used before (RFC 8878 §3.1.1.5). */
  private long offset(long value, int literalLength) throws IOException {
    if (value > 3) {
      return remember(2, value - 3);
    }
    int index = (int) value - (literalLength == 0 ? 0 : 1);
    if (index == 0) {
      return recent[0];
    }
    return index < 3 ? remember(index, recent[index]) : remember(2, recent[0] - 1);
  }

  private long remember(int index, long offset) throws IOException {
    if (offset <= 0) {
      throw damaged();
    }
    System.arraycopy(recent, 0, recent, 1, index);
    recent[0] = offset;
    return offset;
  }

  private static IOException damaged() {
    return new IOException("damaged Zstandard data: sequences");
  }
}
