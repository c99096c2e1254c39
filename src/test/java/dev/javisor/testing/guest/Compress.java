package dev.javisor.testing.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** Compresses as kernels, modules and packages are. */
public final class Compress {
  private Compress() {}

  /** Makes a stream that compresses. */
  @FunctionalInterface
  private interface Method {
    OutputStream open(OutputStream out) throws IOException;
  }

  /** By gzip. */
  public static byte[] gzip(byte[] bytes) throws IOException {
    return by(GZIPOutputStream::new, bytes);
  }

  /** By XZ. */
  public static byte[] xz(byte[] bytes) throws IOException {
    return by(out -> new XZOutputStream(out, new LZMA2Options(1), XZ.CHECK_CRC32), bytes);
  }

  /** By XZ with the filter for x86 code, as kernels are. */
  public static byte[] xzForX86(byte[] bytes) throws IOException {
    org.tukaani.xz.FilterOptions[] filters = {new X86Options(), new LZMA2Options(1)};
    return by(out -> new XZOutputStream(out, filters, XZ.CHECK_CRC32), bytes);
  }

  /** By LZMA. */
  public static byte[] lzma(byte[] bytes) throws IOException {
    return by(out -> new LZMAOutputStream(out, new LZMA2Options(1), -1), bytes);
  }

  /** By bzip2. */
  public static byte[] bzip2(byte[] bytes) throws IOException {
    return by(BZip2CompressorOutputStream::new, bytes);
  }

  /** As a legacy LZ4 frame whose blocks hold nothing but literals. */
  public static byte[] lz4(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    little(out, 0x184c2102);
    for (int at = 0; at < bytes.length; at += 8 << 20) {
      int length = Math.min(8 << 20, bytes.length - at);
      ByteArrayOutputStream block = new ByteArrayOutputStream();
      block.write(Math.min(length, 15) << 4);
      for (int rest = length - 15; rest >= 0; rest -= 255) {
        block.write(Math.min(rest, 255));
      }
      block.write(bytes, at, length);
      little(out, block.size());
      out.writeBytes(block.toByteArray());
    }
    return out.toByteArray();
  }

  /** As a Zstandard frame whose blocks are not compressed. */
  public static byte[] zstd(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    little(out, 0xfd2fb528);
    out.write(0);
    out.write(0x40);
    int max = 100_000;
    for (int at = 0; at < bytes.length; at += max) {
      int length = Math.min(max, bytes.length - at);
      int header = length << 3 | (at + length == bytes.length ? 1 : 0);
      out.write(header);
      out.write(header >> 8);
      out.write(header >> 16);
      out.write(bytes, at, length);
    }
    return out.toByteArray();
  }

  private static byte[] by(Method method, byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream compressed = method.open(out)) {
      compressed.write(bytes);
    }
    return out.toByteArray();
  }

  private static void little(ByteArrayOutputStream out, int value) {
    for (int i = 0; i < 4; i++) {
      out.write(value >> (8 * i));
    }
  }
}
