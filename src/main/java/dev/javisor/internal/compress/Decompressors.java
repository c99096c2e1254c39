package dev.javisor.internal.compress;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;

/** Finds out by its first bytes how something is compressed, and decodes it. */
public final class Decompressors {
  private static final int LOOK = 8;

  /** What a hostile header may make a decoder allocate, in KiB. */
  private static final int MEMORY_KIB = 256 << 10;

  private Decompressors() {}

  /**
   * Decodes a stream: gzip, XZ, bzip2, LZMA, legacy LZ4 or Zstandard; anything else comes out as it
   * is. Data after the end of the compressed part is ignored.
   *
   * @throws IOException if the stream cannot be read, its header is damaged, or it is compressed in
   *     another way that is known but not supported (LZO)
   */
  public static InputStream open(InputStream compressed) throws IOException {
    BufferedInputStream in = new BufferedInputStream(compressed, 1 << 16);
    in.mark(LOOK);
    byte[] head = in.readNBytes(LOOK);
    in.reset();
    if (starts(head, 0x1f, 0x8b)) {
      return new GZIPInputStream(in, 1 << 16);
    } else if (starts(head, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return new SingleXZInputStream(in, MEMORY_KIB);
    } else if (starts(head, 'B', 'Z', 'h')) {
      return new BZip2CompressorInputStream(in);
    } else if (starts(head, 0x5d, 0, 0)) {
      return new LZMAInputStream(in, MEMORY_KIB);
    } else if (starts(head, 0x02, 0x21, 0x4c, 0x18)) {
      return new Lz4LegacyInputStream(in);
    } else if (starts(head, 0x28, 0xb5, 0x2f, 0xfd)) {
      return new ZstdInputStream(in);
    } else if (starts(head, 0x89, 'L', 'Z', 'O')) {
      throw new IOException("it is compressed by LZO, which is not supported");
    }
    return in;
  }

  private static boolean starts(byte[] head, int... magic) {
    byte[] bytes = new byte[magic.length];
    for (int i = 0; i < magic.length; i++) {
      bytes[i] = (byte) magic[i];
    }
    return head.length >= magic.length
        && Arrays.equals(head, 0, magic.length, bytes, 0, magic.length);
  }
}
