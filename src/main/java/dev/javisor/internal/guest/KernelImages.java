package dev.javisor.internal.guest;

import com.google.common.io.ByteStreams;
import dev.javisor.internal.compress.Decompressors;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * Looks into kernel files: an ELF vmlinux, or a bzImage with a compressed vmlinux in it (Linux
 * Documentation/arch/x86/boot.rst, protocol 2.08 and newer).
 */
public final class KernelImages {
  private static final int HEADER = 0x1000;
  private static final int SETUP_SECTS = 0x1f1;
  private static final int MAGIC = 0x202;
  private static final int VERSION = 0x206;
  private static final int KERNEL_VERSION = 0x20e;
  private static final int PAYLOAD_OFFSET = 0x248;
  private static final int PAYLOAD_LENGTH = 0x24c;
  private static final int HDRS = 0x53726448;
  private static final int ELF = 0x464c457f;
  private static final long MAX_VMLINUX = 1L << 30;
  private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.US_ASCII);

  private KernelImages() {}

  /** Whether a file starts as an ELF does. */
  public static boolean isElf(Path file) throws IOException {
    ByteBuffer head = head(file, 4);
    return head.remaining() == 4 && head.getInt(0) == ELF;
  }

  /** Whether a file has the header of a bzImage. */
  public static boolean isBzImage(Path file) throws IOException {
    return isBzImage(head(file, HEADER));
  }

  /**
   * The kernel release that a file tells, such as {@code 6.1.0-1-amd64}; empty if it tells none.
   *
   * @throws IOException if it cannot be read
   */
  public static Optional<String> release(Path kernel) throws IOException {
    if (isElf(kernel)) {
      return bannerRelease(kernel);
    }
    ByteBuffer head = head(kernel, HEADER * 8);
    if (!isBzImage(head)) {
      return Optional.empty();
    }
    int at = (head.getShort(KERNEL_VERSION) & 0xffff) + 0x200;
    return at == 0x200 ? Optional.empty() : word(head, at);
  }

  /**
   * Takes the vmlinux out of a bzImage.
   *
   * @param target the file to write; it may hold a part when this fails
   * @throws KernelFormatException if it is no bzImage, or its payload is no ELF
   * @throws IOException if it cannot be read or written, or its payload is damaged or compressed in
   *     a way that is not supported
   */
  public static void extractVmlinux(Path bzImage, Path target) throws IOException {
    ByteBuffer head = head(bzImage, HEADER);
    if (!isBzImage(head)) {
      throw new KernelFormatException(bzImage + " is neither a bzImage nor an ELF vmlinux");
    }
    if ((head.getShort(VERSION) & 0xffff) < 0x208) {
      throw new KernelFormatException(bzImage + " is older than Linux 2.6.24: it names no payload");
    }
    int sectors = head.get(SETUP_SECTS) & 0xff;
    long start =
        ((sectors == 0 ? 4 : sectors) + 1) * 512L
            + Integer.toUnsignedLong(head.getInt(PAYLOAD_OFFSET));
    long length = Integer.toUnsignedLong(head.getInt(PAYLOAD_LENGTH));
    try (FileChannel file = FileChannel.open(bzImage)) {
      if (length < 8 || start + length > file.size()) {
        throw new KernelFormatException(
            "%s is truncated: its payload ends at %d, the file at %d"
                .formatted(bzImage, start + length, file.size()));
      }
      // The build puts the uncompressed size behind every payload; gzip has it there anyway.
      long size = Integer.toUnsignedLong(readFully(file, start + length - 4, 4).getInt(0));
      if (size > MAX_VMLINUX) {
        throw new KernelFormatException(bzImage + " claims a vmlinux of " + size + " bytes");
      }
      file.position(start);
      copy(ByteStreams.limit(Channels.newInputStream(file), length), target, size, bzImage);
    }
  }

  private static void copy(InputStream payload, Path target, long size, Path bzImage)
      throws IOException {
    try (InputStream in = Decompressors.open(new BufferedInputStream(payload, 1 << 16));
        OutputStream out = Files.newOutputStream(target)) {
      byte[] chunk = in.readNBytes((int) Math.min(size, 1 << 16));
      if (chunk.length < 4
          || ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN).getInt() != ELF) {
        throw new KernelFormatException("the payload of " + bzImage + " is no ELF file");
      }
      long left = size;
      while (chunk.length > 0) {
        out.write(chunk);
        left -= chunk.length;
        chunk = in.readNBytes((int) Math.min(left, 1 << 16));
      }
      if (left > 0) {
        throw new EOFException("the payload of %s ends %d bytes early".formatted(bzImage, left));
      }
    }
  }

  private static boolean isBzImage(ByteBuffer head) {
    return head.limit() >= PAYLOAD_LENGTH + 4 && head.getInt(MAGIC) == HDRS;
  }

  private static ByteBuffer head(Path file, int length) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return readFully(channel, 0, (int) Math.min(length, channel.size()));
    }
  }

  private static ByteBuffer readFully(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new EOFException("the file got shorter while it was read");
      }
    }
    return buffer.flip();
  }

  private static Optional<String> word(ByteBuffer bytes, int at) {
    StringBuilder word = new StringBuilder();
    for (int i = at; i < bytes.limit() && bytes.get(i) > ' '; i++) {
      word.append((char) bytes.get(i));
    }
    return word.isEmpty() ? Optional.empty() : Optional.of(word.toString());
  }

  /** Finds {@code Linux version RELEASE} in a vmlinux, reading it once in pieces that overlap. */
  private static Optional<String> bannerRelease(Path vmlinux) throws IOException {
    int overlap = 256;
    try (InputStream in = Files.newInputStream(vmlinux)) {
      byte[] piece = new byte[1 << 20];
      int kept = 0;
      for (int n = in.readNBytes(piece, kept, piece.length - kept);
          n > 0;
          n = in.readNBytes(piece, kept, piece.length - kept)) {
        int limit = kept + n;
        int found = indexOf(piece, limit);
        if (found >= 0) {
          return word(ByteBuffer.wrap(piece, 0, limit), found + BANNER.length);
        }
        kept = Math.min(overlap, limit);
        System.arraycopy(piece, limit - kept, piece, 0, kept);
      }
    }
    return Optional.empty();
  }

  private static int indexOf(byte[] piece, int limit) {
    // The banner is followed by a digit; the same words in a format string are not.
    for (int i = 0; i + 64 < limit; i++) {
      if (piece[i] == BANNER[0]
          && Arrays.equals(piece, i, i + BANNER.length, BANNER, 0, BANNER.length)
          && Character.isDigit(piece[i + BANNER.length])) {
        return i;
      }
    }
    return -1;
  }
}
