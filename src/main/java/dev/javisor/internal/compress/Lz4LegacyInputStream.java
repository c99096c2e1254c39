package dev.javisor.internal.compress;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.apache.commons.compress.compressors.lz4.BlockLZ4CompressorInputStream;

/**
 * Decodes the legacy frame of LZ4, in which kernels come (LZ4 Frame Format Description, "Legacy
 * frame"): a magic number, then blocks of up to 8 MiB, each behind its compressed size. The end has
 * no mark: it is the end of the stream, or a number that cannot be a size. Commons Compress knows
 * the blocks, but not this frame around them.
 */
final class Lz4LegacyInputStream extends InputStream {
  private static final int MAGIC = 0x184c2102;
  private static final int BLOCK = 8 << 20;

  /** The worst that LZ4 makes of a block. */
  private static final int MAX_COMPRESSED = BLOCK + BLOCK / 255 + 16;

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private byte[] compressed = new byte[0];
  private int at;
  private int limit;
  private boolean ended;

  Lz4LegacyInputStream(InputStream in) throws IOException {
    this.in = in;
    if (number() != MAGIC) {
      throw new IOException("no legacy LZ4 frame");
    }
  }

  @Override
  public int read() throws IOException {
    return fill() ? block[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] b, int off, int len) throws IOException {
    if (len == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int n = Math.min(len, limit - at);
    System.arraycopy(block, at, b, off, n);
    at += n;
    return n;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private boolean fill() throws IOException {
    while (at == limit && !ended) {
      long size = number();
      if (size == MAGIC) {
        at = 0;
        limit = 0;
        continue;
      }
      // A kernel has its uncompressed size, or nothing, where the next block would be.
      boolean lastWasShort = limit != 0 && limit != BLOCK;
      if (size <= 0 || size > MAX_COMPRESSED || lastWasShort) {
        ended = true;
      } else {
        decode((int) size);
      }
    }
    return at < limit;
  }

  private void decode(int size) throws IOException {
    if (compressed.length < size) {
      compressed = new byte[size];
    }
    if (in.readNBytes(compressed, 0, size) != size) {
      throw new EOFException("an LZ4 block ends early");
    }
    InputStream decoded =
        new BlockLZ4CompressorInputStream(new ByteArrayInputStream(compressed, 0, size));
    at = 0;
    limit = decoded.readNBytes(block, 0, BLOCK);
    if (limit == BLOCK && decoded.read() >= 0) {
      throw new IOException("an LZ4 block is longer than a frame allows");
    }
  }

  /** A little-endian number of 4 bytes, or -1 at the end of the stream. */
  private long number() throws IOException {
    byte[] b = in.readNBytes(4);
    return b.length < 4
        ? -1
        : (b[0] & 0xffL) | (b[1] & 0xffL) << 8 | (b[2] & 0xffL) << 16 | (b[3] & 0xffL) << 24;
  }
}
