package dev.javisor.internal.compress;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Decodes the literals of Zstandard blocks (RFC 8878 §3.1.1.3.1). One for a frame. */
final class ZstdLiterals {
  private static final int MAX = 128 << 10;

  /** The literals of the block that was decoded last. */
  final byte[] bytes = new byte[MAX];

  private int size;
  private @Nullable HuffmanTable table;

  /** How many literals the block has. */
  int size() {
    return size;
  }

  /**
   * Decodes a section.
   *
   * @return where the bytes behind it begin
   * @throws IOException if it is damaged
   */
  int decode(byte[] block, int end) throws IOException {
    if (end < 1) {
      throw damaged();
    }
    int type = block[0] & 3;
    int format = block[0] >> 2 & 3;
    return type < 2 ? plain(block, end, type == 1, format) : packed(block, end, type == 2, format);
  }

  private int plain(byte[] block, int end, boolean repeated, int format) throws IOException {
    int header = format == 1 ? 2 : format == 3 ? 3 : 1;
    long number = number(block, end, header);
    setSize((int) (number >> (header == 1 ? 3 : 4)));
    int next = header + (repeated ? 1 : size);
    if (next > end) {
      throw damaged();
    }
    if (repeated) {
      Arrays.fill(bytes, 0, size, block[header]);
    } else {
      System.arraycopy(block, header, bytes, 0, size);
    }
    return next;
  }

  private int packed(byte[] block, int end, boolean newTable, int format) throws IOException {
    int header = format < 2 ? 3 : format + 2;
    int width = format < 2 ? 10 : format == 2 ? 14 : 18;
    long number = number(block, end, header);
    setSize((int) (number >> 4) & ((1 << width) - 1));
    int next = header + ((int) (number >> (4 + width)) & ((1 << width) - 1));
    if (next > end) {
      throw damaged();
    }
    int start = header;
    if (newTable) {
      HuffmanTable.Parsed parsed = HuffmanTable.read(block, header, next);
      table = parsed.table();
      start = parsed.next();
    }
    if (table == null) {
      throw damaged();
    }
    if (format == 0) {
      table.decode(block, start, next, bytes, 0, size);
    } else {
      fourStreams(table, block, start, next);
    }
    return next;
  }

  private void fourStreams(HuffmanTable huffman, byte[] block, int start, int end)
      throws IOException {
    int each = (size + 3) / 4;
    int at = start + 6;
    if (at > end || 3 * each > size) {
      throw damaged();
    }
    for (int i = 0; i < 4; i++) {
      int next = i == 3 ? end : at + (int) number16(block, start + 2 * i);
      if (next > end) {
        throw damaged();
      }
      huffman.decode(block, at, next, bytes, i * each, i == 3 ? size - 3 * each : each);
      at = next;
    }
  }

  private void setSize(int newSize) throws IOException {
    if (newSize > MAX) {
      throw damaged();
    }
    size = newSize;
  }

  private static long number16(byte[] block, int at) {
    return (block[at] & 0xff) | (block[at + 1] & 0xff) << 8;
  }

  private static long number(byte[] block, int end, int length) throws IOException {
    if (length > end) {
      throw damaged();
    }
    long number = 0;
    for (int i = 0; i < length; i++) {
      number |= (block[i] & 0xffL) << (8 * i);
    }
    return number;
  }

  private static IOException damaged() {
    return new IOException("damaged Zstandard data: literals");
  }
}
