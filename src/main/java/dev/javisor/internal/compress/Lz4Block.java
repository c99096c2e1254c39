package dev.javisor.internal.compress;

import java.io.IOException;

/** Decodes one block of LZ4 (LZ4 Block Format description: sequences of literals and matches). */
final class Lz4Block {
  private static final int MIN_MATCH = 4;

  private final byte[] in;
  private final byte[] out;
  private final int end;
  private int at;
  private int to;

  private Lz4Block(byte[] in, int length, byte[] out) {
    this.in = in;
    this.end = length;
    this.out = out;
  }

  /**
   * Decodes the first {@code length} bytes of {@code in}, from the start of {@code out}.
   *
   * @return the number of bytes decoded
   * @throws IOException if the block is damaged or longer than {@code out}
   */
  static int decode(byte[] in, int length, byte[] out) throws IOException {
    return new Lz4Block(in, length, out).decode();
  }

  private int decode() throws IOException {
    while (at < end) {
      int token = in[at++] & 0xff;
      literals(length(token >> 4));
      if (at == end) {
        return to;
      }
      if (end - at < 2) {
        throw damaged();
      }
      int offset = (in[at] & 0xff) | (in[at + 1] & 0xff) << 8;
      at += 2;
      match(offset, length(token & 15) + MIN_MATCH);
    }
    return to;
  }

  private int length(int nibble) throws IOException {
    int length = nibble;
    if (nibble == 15) {
      int more;
      do {
        if (at == end) {
          throw damaged();
        }
        more = in[at++] & 0xff;
        length += more;
        if (length > out.length) {
          throw damaged();
        }
      } while (more == 255);
    }
    return length;
  }

  private void literals(int count) throws IOException {
    if (count > end - at || count > out.length - to) {
      throw damaged();
    }
    System.arraycopy(in, at, out, to, count);
    at += count;
    to += count;
  }

  private void match(int offset, int count) throws IOException {
    if (offset == 0 || offset > to || count > out.length - to) {
      throw damaged();
    }
    if (offset >= count) {
      System.arraycopy(out, to - offset, out, to, count);
      to += count;
    } else {
      // The match overlaps what it makes: bytes repeat.
      for (int i = 0; i < count; i++, to++) {
        out[to] = out[to - offset];
      }
    }
  }

  private static IOException damaged() {
    return new IOException("damaged LZ4 block");
  }
}
