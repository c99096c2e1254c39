package dev.javisor.internal.image.ext4;

import dev.javisor.internal.image.tree.BlockFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The groups' bitmaps and descriptors, and the superblock that sums them up.
 *
 * <p>Source: Linux Documentation/filesystems/ext4/group_descr.rst, bitmaps.rst.
 */
final class Groups {
  private final Geometry geometry;
  private final Bitmap blocks;
  private final Bitmap inodes;
  private final int[] folders;

  Groups(Geometry geometry, Ranges used, Numbering numbering) {
    this.geometry = geometry;
    blocks = new Bitmap(geometry.blocks());
    inodes = new Bitmap(geometry.inodes());
    folders = new int[geometry.groups()];
    int perBlock = Geometry.BLOCK / Geometry.DESCRIPTOR;
    blocks.set(0, 1 + (geometry.groups() + perBlock - 1) / perBlock);
    for (Ranges.Range range : used.all()) {
      blocks.set(range.first(), range.count());
    }
    blocks.set(geometry.tables(), geometry.end() - geometry.tables());
    inodes.set(0, numbering.last());
    for (Numbering.Numbered inode : numbering.all()) {
      if (inode.inode().isFolder()) {
        folders[(int) ((inode.number() - 1) / geometry.inodesPerGroup())]++;
      }
    }
  }

  /**
   * Writes all of it.
   *
   * @param id 16 bytes or more, of which the file system's UUID is made
   * @param label up to 16 bytes
   */
  void writeTo(BlockFile file, byte[] id, String label) throws IOException {
    ByteBuffer descriptors = LittleEndian.ofSize(geometry.groups() * Geometry.DESCRIPTOR);
    for (int group = 0; group < geometry.groups(); group++) {
      writeBitmaps(group, file);
      describe(group, descriptors);
    }
    file.write(Geometry.BLOCK, descriptors.array());
    Superblock superblock =
        new Superblock(
            geometry,
            geometry.blocks() - blocks.used(),
            geometry.inodes() - inodes.used(),
            id,
            label);
    file.write(1024, superblock.encode());
  }

  private void writeBitmaps(int group, BlockFile file) throws IOException {
    file.write(
        geometry.blockBitmap(group) * Geometry.BLOCK,
        blocks.group(firstBlock(group), geometry.blocksIn(group), Geometry.BLOCK));
    file.write(
        geometry.inodeBitmap(group) * Geometry.BLOCK,
        inodes.group(firstInode(group), geometry.inodesPerGroup(), Geometry.BLOCK));
  }

  private void describe(int group, ByteBuffer to) {
    int usedBlocks = blocks.usedIn(firstBlock(group), geometry.blocksIn(group));
    int usedInodes = inodes.usedIn(firstInode(group), geometry.inodesPerGroup());
    to.putInt((int) geometry.blockBitmap(group)).putInt((int) geometry.inodeBitmap(group));
    to.putInt((int) geometry.inodeTable(group));
    to.putShort((short) (geometry.blocksIn(group) - usedBlocks));
    to.putShort((short) (geometry.inodesPerGroup() - usedInodes));
    to.putShort((short) folders[group]).putShort((short) 0);
    to.putInt(0).putLong(0);
  }

  private static long firstBlock(int group) {
    return (long) group * Geometry.BLOCKS_PER_GROUP;
  }

  private long firstInode(int group) {
    return (long) group * geometry.inodesPerGroup();
  }
}
