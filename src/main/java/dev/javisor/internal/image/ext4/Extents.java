package dev.javisor.internal.image.ext4;

import dev.javisor.internal.image.tree.BlockFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the blocks of a file are: here always one run, which extents of 128 MiB at most describe. A
 * few are in the inode, more in blocks of their own.
 *
 * <p>Source: Linux Documentation/filesystems/ext4/ifork.rst, "Extent Tree".
 *
 * @param root 60 bytes for the inode
 * @param ownBlocks blocks that the extents themselves take
 * @param first the first of them
 */
record Extents(byte[] root, long ownBlocks, long first) {
  private static final int MAGIC = 0xf30a;
  private static final int HEADER = 12;
  private static final int ENTRY = 12;
  private static final int IN_INODE = 4;
  private static final int IN_BLOCK = (Geometry.BLOCK - HEADER) / ENTRY;
  private static final int LONGEST = 32768;

  /** The most blocks that a file may have: what two levels hold, and its block numbers. */
  static final long MAX_BLOCKS = (long) IN_INODE * IN_BLOCK * LONGEST;

  /**
   * Describes a run, and writes what has no room in the inode.
   *
   * @param start the first block; none of them counts if there are none
   */
  static Extents of(long start, long blocks, BlockFile file) throws IOException {
    ByteBuffer root = LittleEndian.ofSize(60);
    int count = (int) ((blocks + LONGEST - 1) / LONGEST);
    if (count <= IN_INODE) {
      header(root, count, IN_INODE, 0);
      put(root, start, blocks, 0, count);
      return new Extents(root.array(), 0, 0);
    }
    List<Long> leaves = new ArrayList<>();
    for (int from = 0; from < count; from += IN_BLOCK) {
      int here = Math.min(IN_BLOCK, count - from);
      ByteBuffer leaf = LittleEndian.ofSize(Geometry.BLOCK);
      header(leaf, here, IN_BLOCK, 0);
      put(leaf, start, blocks, from, here);
      leaves.add(file.append(leaf.array()));
    }
    header(root, leaves.size(), IN_INODE, 1);
    for (int i = 0; i < leaves.size(); i++) {
      root.putInt(i * IN_BLOCK * LONGEST).putInt((int) (long) leaves.get(i));
      root.putShort((short) (leaves.get(i) >>> 32)).putShort((short) 0);
    }
    return new Extents(root.array(), leaves.size(), leaves.get(0));
  }

  private static void header(ByteBuffer to, int entries, int room, int depth) {
    to.putShort((short) MAGIC).putShort((short) entries).putShort((short) room);
    to.putShort((short) depth).putInt(0);
  }

  private static void put(ByteBuffer to, long start, long blocks, int from, int count) {
    for (int i = from; i < from + count; i++) {
      long logical = (long) i * LONGEST;
      long physical = start + logical;
      to.putInt((int) logical).putShort((short) Math.min(LONGEST, blocks - logical));
      to.putShort((short) (physical >>> 32)).putInt((int) physical);
    }
  }
}
