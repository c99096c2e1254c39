package dev.javisor.internal.image.ext4;

import dev.javisor.internal.image.tree.BlockFile;
import dev.javisor.internal.image.tree.Inode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the blocks of a file are: in extents of 128 MiB at most. A few are in the inode, more in
 * blocks of their own, as the leaves of a tree.
 *
 * <p>Source: Linux Documentation/filesystems/ext4/ifork.rst, "Extent Tree".
 *
 * @param root 60 bytes for the inode
 * @param ownBlocks blocks that the extents themselves take
 * @param first the first of them
 */
record Extents(byte[] root, long ownBlocks, long first) {
  /** The most blocks that a file may have: what numbers of 32 bits count. */
  static final long MOST_BLOCKS = 0xffffffffL;

  private static final int MAGIC = 0xf30a;
  private static final int HEADER = 12;
  private static final int ENTRY = 12;
  private static final int IN_INODE = 4;
  private static final int IN_BLOCK = (Geometry.BLOCK - HEADER) / ENTRY;
  private static final int LONGEST = 32768;

  /** An extent, or what leads to a block of them; both take 12 bytes. */
  private record Entry(long at, long block, int length) {
    void putTo(ByteBuffer to, int depth) {
      to.putInt((int) at);
      if (depth == 0) {
        to.putShort((short) length).putShort((short) (block >>> 32)).putInt((int) block);
      } else {
        to.putInt((int) block).putShort((short) (block >>> 32)).putShort((short) 0);
      }
    }
  }

  /**
   * Describes runs, and writes what has no room in the inode.
   *
   * @param runs in the order of the file
   */
  static Extents of(List<Inode.Run> runs, BlockFile file) throws IOException {
    List<Entry> entries = split(runs);
    long first = 0;
    int own = 0;
    int depth = 0;
    while (entries.size() > IN_INODE) {
      List<Entry> above = new ArrayList<>();
      for (int from = 0; from < entries.size(); from += IN_BLOCK) {
        List<Entry> here = entries.subList(from, Math.min(from + IN_BLOCK, entries.size()));
        long block = file.append(node(here, Geometry.BLOCK, IN_BLOCK, depth));
        first = own++ == 0 ? block : first;
        above.add(new Entry(here.get(0).at(), block, 0));
      }
      entries = above;
      depth++;
    }
    return new Extents(node(entries, 60, IN_INODE, depth), own, first);
  }

  private static List<Entry> split(List<Inode.Run> runs) {
    List<Entry> extents = new ArrayList<>();
    for (Inode.Run run : runs) {
      for (long from = 0; from < run.blocks(); from += LONGEST) {
        int length = (int) Math.min(LONGEST, run.blocks() - from);
        extents.add(new Entry(run.at() + from, run.block() + from, length));
      }
    }
    return extents;
  }

  private static byte[] node(List<Entry> entries, int bytes, int room, int depth) {
    ByteBuffer node = LittleEndian.ofSize(bytes);
    node.putShort((short) MAGIC).putShort((short) entries.size()).putShort((short) room);
    node.putShort((short) depth).putInt(0);
    entries.forEach(entry -> entry.putTo(node, depth));
    return node.array();
  }
}
