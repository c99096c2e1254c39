package dev.javisor.internal.image.ext4;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The superblock, of which there is one only: sparse_super2 without backups.
 *
 * <p>Source: Linux Documentation/filesystems/ext4/super.rst.
 *
 * @param geometry the sizes
 * @param freeBlocks of all groups
 * @param freeInodes of all groups
 * @param id 16 bytes or more, of which the file system's UUID is made
 * @param label up to 16 bytes
 */
record Superblock(Geometry geometry, long freeBlocks, long freeInodes, byte[] id, String label) {
  static final int SIZE = 1024;

  private static final int EXT_ATTR = 0x8;
  private static final int DIR_INDEX = 0x20;
  private static final int SPARSE_SUPER2 = 0x200;
  private static final int FILETYPE = 0x2;
  private static final int EXTENTS = 0x40;
  private static final int FLEX_BG = 0x200;
  private static final int SPARSE_SUPER = 0x1;
  private static final int LARGE_FILE = 0x2;
  private static final int HUGE_FILE = 0x8;
  private static final int DIR_NLINK = 0x20;
  private static final int EXTRA_ISIZE = 0x40;
  private static final int UNSIGNED_HASH = 2;
  private static final int HALF_MD4 = 1;
  private static final int XATTR_AND_ACL = 0xc;

  byte[] encode() {
    ByteBuffer to = LittleEndian.ofSize(SIZE);
    to.putInt(0x0, (int) geometry.inodes()).putInt(0x4, (int) geometry.blocks());
    to.putInt(0xc, (int) freeBlocks).putInt(0x10, (int) freeInodes);
    to.putInt(0x18, 2).putInt(0x1c, 2);
    to.putInt(0x20, Geometry.BLOCKS_PER_GROUP).putInt(0x24, Geometry.BLOCKS_PER_GROUP);
    to.putInt(0x28, geometry.inodesPerGroup());
    // Never to be checked because of its age or how often it was mounted.
    to.putShort(0x36, (short) -1).putShort(0x38, (short) 0xef53);
    to.putShort(0x3a, (short) 1).putShort(0x3c, (short) 1);
    to.putInt(0x4c, 1).putInt(0x54, 11).putShort(0x58, (short) Geometry.INODE);
    to.putInt(0x5c, EXT_ATTR | DIR_INDEX | SPARSE_SUPER2);
    to.putInt(0x60, FILETYPE | EXTENTS | FLEX_BG);
    to.putInt(0x64, SPARSE_SUPER | LARGE_FILE | HUGE_FILE | DIR_NLINK | EXTRA_ISIZE);
    putId(to, 0x68);
    to.put(0x78, label.getBytes(StandardCharsets.UTF_8));
    putId(to, 0xec);
    to.put(0xfc, (byte) HALF_MD4).putInt(0x100, XATTR_AND_ACL);
    to.putShort(0x15c, (short) Inodes.EXTRA).putShort(0x15e, (short) Inodes.EXTRA);
    to.putInt(0x160, UNSIGNED_HASH).put(0x174, (byte) 4);
    return to.array();
  }

  /** As a UUID of version 4: RFC 9562 §5.4. */
  private void putId(ByteBuffer to, int offset) {
    to.put(offset, id, 0, 16);
    to.put(offset + 6, (byte) (id[6] & 0x0f | 0x40)).put(offset + 8, (byte) (id[8] & 0x3f | 0x80));
  }
}
