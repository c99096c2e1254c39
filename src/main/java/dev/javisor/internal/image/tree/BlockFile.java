package dev.javisor.internal.image.tree;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A file that grows by blocks: the content of files is written to it as it comes, so that it needs
 * to be written once only, and the file system is put around it. Zeros are left out. Threading: one
 * thread.
 */
public final class BlockFile implements AutoCloseable {
  /** Bytes of a block. */
  public static final int BLOCK = 4096;

  private static final int BUFFER = 1 << 20;

  /** Fewer zeros than this are cheaper to write than to leave out. */
  private static final int HOLE = 16 * BLOCK;

  private static final byte[] ZEROS = new byte[HOLE];

  private final FileChannel channel;
  private final byte[] buffer = new byte[BUFFER];
  private long start;
  private int filled;

  private BlockFile(FileChannel channel, long firstBlock) {
    this.channel = channel;
    start = firstBlock * BLOCK;
  }

  /** Where content comes from. */
  @FunctionalInterface
  public interface Source {
    /** Reads at least one byte, or gives -1 at the end. */
    int read(byte[] target, int offset, int length) throws IOException;
  }

  /**
   * Begins to write to an empty file.
   *
   * @param firstBlock where content begins
   * @throws IOException if it cannot be opened
   */
  public static BlockFile open(Path path, long firstBlock) throws IOException {
    return new BlockFile(
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE), firstBlock);
  }

  /** The block after the last one that was written. */
  public long nextBlock() {
    return (start + filled) / BLOCK;
  }

  /** Appends all that a source has, and fills up the last block. */
  public Inode.Content append(Source source) throws IOException {
    long block = nextBlock();
    long size = 0;
    while (true) {
      if (filled == BUFFER) {
        flush();
      }
      int n = source.read(buffer, filled, BUFFER - filled);
      if (n < 0) {
        break;
      }
      filled += n;
      size += n;
    }
    pad();
    return Inode.Content.of(block, size);
  }

  /**
   * Appends some bytes, and fills up the last block.
   *
   * @return the first block
   */
  public long append(byte[] bytes) throws IOException {
    long block = nextBlock();
    int at = 0;
    while (at < bytes.length) {
      if (filled == BUFFER) {
        flush();
      }
      int n = Math.min(bytes.length - at, BUFFER - filled);
      System.arraycopy(bytes, at, buffer, filled, n);
      filled += n;
      at += n;
    }
    pad();
    return block;
  }

  /** Leaves blocks out, which read as zeros. */
  public void skip(long blocks) throws IOException {
    flush();
    start += blocks * BLOCK;
  }

  /** Writes at a place that was left out. */
  public void write(long position, byte[] bytes) throws IOException {
    writeFully(ByteBuffer.wrap(bytes), position);
  }

  /**
   * Reads a part of a file's content.
   *
   * @param at where in the file, up to its size less {@code length}
   * @param target gets the bytes at its start
   */
  public void read(Inode.Content content, long at, byte[] target, int length) throws IOException {
    flush();
    Arrays.fill(target, 0, length, (byte) 0);
    int next = content.runAt(at / BLOCK);
    for (int i = next; i >= 0 && i < content.runs().size(); i++) {
      Inode.Run run = content.runs().get(i);
      long from = Math.max(at, run.at() * BLOCK);
      long to = Math.min(at + length, run.end() * BLOCK);
      if (from >= to) {
        return;
      }
      ByteBuffer bytes = ByteBuffer.wrap(target, (int) (from - at), (int) (to - from));
      long position = run.block() * BLOCK + from - run.at() * BLOCK;
      // Zeros at the very end were left out, and are zeros already.
      for (int n = 0; n >= 0 && bytes.hasRemaining(); position += n) {
        n = channel.read(bytes, position);
      }
    }
  }

  /** Writes what is buffered, gives the file its size, and makes it durable. */
  public void finish(long size) throws IOException {
    flush();
    if (channel.size() < size) {
      writeFully(ByteBuffer.wrap(new byte[1]), size - 1);
    }
    channel.force(false);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void pad() {
    int end = (filled + BLOCK - 1) / BLOCK * BLOCK;
    Arrays.fill(buffer, filled, end, (byte) 0);
    filled = end;
  }

  /**
   * Writes what is not a long run of zeros. Holds whole blocks only, but in the midst of a file.
   */
  private void flush() throws IOException {
    int from = 0;
    int at = 0;
    while (at < filled) {
      int length = Math.min(HOLE, filled - at);
      if (Arrays.equals(buffer, at, at + length, ZEROS, 0, length)) {
        writeFully(ByteBuffer.wrap(buffer, from, at - from), start + from);
        from = at + length;
      }
      at += length;
    }
    writeFully(ByteBuffer.wrap(buffer, from, filled - from), start + from);
    start += filled;
    filled = 0;
  }

  private void writeFully(ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }
}
