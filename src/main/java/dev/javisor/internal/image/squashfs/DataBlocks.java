package dev.javisor.internal.image.squashfs;

import dev.javisor.internal.image.tree.BlockFile;
import dev.javisor.internal.image.tree.Inode;
import dev.javisor.internal.image.tree.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Packs the content of files, 128 KiB at a time; blocks of zeros take nothing. Not safe for use by
 * several threads.
 */
final class DataBlocks {
  /** Bytes of a block. */
  static final int BLOCK = 1 << 17;

  /** That as a power of two. */
  static final int LOG = 17;

  private static final int NOT_PACKED = 1 << 24;
  private static final byte[] ZEROS = new byte[BLOCK];

  private final BlockFile contents;
  private final OutputStream out;
  private final Packer packer;
  private final Progress progress;
  private final byte[] block = new byte[BLOCK];
  private long position;
  private long done;

  /**
   * @param position where in the file the output is
   * @param progress told how much was read
   */
  DataBlocks(
      BlockFile contents, OutputStream out, Packer packer, long position, Progress progress) {
    this.contents = contents;
    this.out = out;
    this.packer = packer;
    this.position = position;
    this.progress = progress;
  }

  /**
   * A file's content.
   *
   * @param start where the first block is
   * @param holes bytes of it that take nothing
   * @param sizes of the blocks as they are written, 4 bytes each
   */
  record Stored(long start, long holes, byte[] sizes) {}

  /** Where the next block will be. */
  long position() {
    return position;
  }

  Stored store(Inode.Content content) throws IOException {
    long start = position;
    long holes = 0;
    ByteBuffer sizes = MetaTable.record(Math.toIntExact((content.size() + BLOCK - 1) / BLOCK * 4));
    for (long at = 0; at < content.size(); at += BLOCK) {
      int size = (int) Math.min(BLOCK, content.size() - at);
      boolean hole = content.isHole(at, size);
      if (!hole) {
        contents.read(content, at, block, size);
      }
      if (hole || Arrays.equals(block, 0, size, ZEROS, 0, size)) {
        holes += size;
        sizes.putInt(0);
      } else {
        sizes.putInt(write(size));
      }
      tell(size);
    }
    return new Stored(start, holes, sizes.array());
  }

  private void tell(int size) {
    done += size;
    if (done >>> 20 != done - size >>> 20) {
      progress.bytes(done, 0);
    }
  }

  private int write(int size) throws IOException {
    boolean smaller = packer.pack(block, size);
    int length = smaller ? packer.length() : size;
    out.write(smaller ? packer.bytes() : block, 0, length);
    position += length;
    return smaller ? length : length | NOT_PACKED;
  }
}
