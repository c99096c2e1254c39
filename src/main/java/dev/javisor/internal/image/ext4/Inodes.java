package dev.javisor.internal.image.ext4;

import dev.javisor.internal.image.tree.Inode;
import java.nio.ByteBuffer;

/**
 * Inodes as they are on disk, 256 bytes each.
 *
 * <p>Source: Linux Documentation/filesystems/ext4/inodes.rst.
 */
final class Inodes {
  /** Bytes of fields behind the first 128. */
  static final int EXTRA = 32;

  private static final int EXTENTS_FLAG = 0x80000;
  private static final int SECTORS = Geometry.BLOCK / 512;

  /** With more folders in it, a folder's count says one (dir_nlink). */
  private static final int MOST_LINKS = 65000;

  private Inodes() {}

  /**
   * What an inode says besides what the file itself does.
   *
   * @param links how many names it has, a folder's own and its folders' included
   * @param size in bytes
   * @param blocks that it takes, of all kinds
   * @param area where its blocks are, or what it says instead: 60 bytes
   * @param extents whether the area has extents
   * @param attributes extended attributes for the inode itself, or no bytes
   * @param attributeBlock the block with the others, or 0
   */
  record Storage(
      int links,
      long size,
      long blocks,
      byte[] area,
      boolean extents,
      byte[] attributes,
      long attributeBlock) {
    /** The same with extended attributes. */
    Storage with(byte[] inside, long block) {
      return new Storage(
          links, size, block == 0 ? blocks : blocks + 1, area, extents, inside, block);
    }
  }

  static byte[] encode(Inode inode, Storage storage) {
    ByteBuffer to = LittleEndian.ofSize(Geometry.INODE);
    Inode.Meta meta = inode.meta();
    long seconds =
        Math.max(Integer.MIN_VALUE, Math.min(meta.seconds(), (3L << 32) + (1L << 31) - 1));
    long sectors = storage.blocks() * SECTORS;
    to.putShort(0x0, (short) inode.mode()).putShort(0x2, (short) meta.uid());
    to.putInt(0x4, (int) storage.size());
    for (int time : new int[] {0x8, 0xc, 0x10, 0x90}) {
      to.putInt(time, (int) seconds);
    }
    to.putShort(0x18, (short) meta.gid());
    to.putShort(0x1a, (short) (storage.links() > MOST_LINKS ? 1 : storage.links()));
    to.putInt(0x1c, (int) sectors).putInt(0x20, storage.extents() ? EXTENTS_FLAG : 0);
    to.put(0x28, storage.area());
    to.putInt(0x68, (int) storage.attributeBlock()).putInt(0x6c, (int) (storage.size() >>> 32));
    to.putShort(0x74, (short) (sectors >>> 32));
    to.putShort(0x76, (short) (storage.attributeBlock() >>> 32));
    to.putShort(0x78, (short) (meta.uid() >>> 16)).putShort(0x7a, (short) (meta.gid() >>> 16));
    to.putShort(0x80, (short) EXTRA);
    // Linux fs/ext4/ext4.h, ext4_encode_extra_time: two bits of the century, 30 of nanoseconds.
    int extra = meta.nanos() << 2 | (int) ((seconds - (int) seconds) >>> 32 & 3);
    for (int time : new int[] {0x84, 0x88, 0x8c, 0x94}) {
      to.putInt(time, extra);
    }
    to.put(0x80 + EXTRA, storage.attributes());
    return to.array();
  }

  /** A device's number in the place of blocks. */
  static byte[] device(int major, int minor) {
    ByteBuffer area = LittleEndian.ofSize(60);
    if (major < 256 && minor < 256) {
      area.putInt(0, major << 8 | minor);
    } else {
      area.putInt(4, minor & 0xff | major << 8 | (minor & ~0xff) << 12);
    }
    return area.array();
  }
}
