package dev.javisor.internal.image.squashfs;

import java.util.zip.Deflater;

/** Compresses blocks: each by itself, as a zlib stream. Not safe for use by several threads. */
final class Packer implements AutoCloseable {
  private static final int LEVEL = 6;

  private final Deflater deflater = new Deflater(LEVEL);
  private final byte[] packed;
  private int length;

  /**
   * @param most bytes of a block
   */
  Packer(int most) {
    packed = new byte[most];
  }

  /**
   * Compresses a block.
   *
   * @return whether it became smaller: then {@link #bytes} has it
   */
  boolean pack(byte[] block, int size) {
    deflater.reset();
    deflater.setInput(block, 0, size);
    deflater.finish();
    length = deflater.deflate(packed, 0, size);
    return deflater.finished() && length < size;
  }

  /** Holds the last block, up to {@link #length}. */
  byte[] bytes() {
    return packed;
  }

  /** Bytes of the last block. */
  int length() {
    return length;
  }

  @Override
  public void close() {
    deflater.end();
  }
}
