package dev.javisor.internal.image.squashfs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A table of records that are packed 8 KiB at a time. Where a record is, is told by where its block
 * begins and where in the unpacked block it is. Not safe for use by several threads.
 */
final class MetaTable {
  private static final int BLOCK = 8192;
  private static final int NOT_PACKED = 0x8000;

  private final ByteArrayOutputStream done = new ByteArrayOutputStream();
  private final List<Long> blocks = new ArrayList<>();
  private final byte[] block = new byte[BLOCK];
  private final Packer packer;
  private int filled;

  MetaTable(Packer packer) {
    this.packer = packer;
  }

  /** Little-endian room for a record. */
  static ByteBuffer record(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Where the next record's block will begin, counted from the table's start. */
  int blockStart() {
    return done.size();
  }

  /** Where in the unpacked block the next record will be. */
  int offset() {
    return filled;
  }

  /** Both of them in one number. */
  long reference() {
    return (long) blockStart() << 16 | filled;
  }

  void put(byte[] bytes) {
    for (int at = 0; at < bytes.length; ) {
      int n = Math.min(bytes.length - at, BLOCK - filled);
      System.arraycopy(bytes, at, block, filled, n);
      filled += n;
      at += n;
      if (filled == BLOCK) {
        flush();
      }
    }
  }

  /** All blocks; nothing can be put after that. */
  byte[] finish() {
    if (filled > 0) {
      flush();
    }
    return done.toByteArray();
  }

  /**
   * Where the blocks begin in the file, 8 bytes each.
   *
   * @param start where the table does
   */
  byte[] index(long start) {
    ByteBuffer index = record(8 * blocks.size());
    blocks.forEach(at -> index.putLong(start + at));
    return index.array();
  }

  private void flush() {
    blocks.add((long) done.size());
    boolean smaller = packer.pack(block, filled);
    int size = smaller ? packer.length() : filled;
    int header = smaller ? size : size | NOT_PACKED;
    done.write(header);
    done.write(header >> 8);
    done.write(smaller ? packer.bytes() : block, 0, size);
    filled = 0;
  }
}
