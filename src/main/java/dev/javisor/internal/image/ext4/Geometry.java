package dev.javisor.internal.image.ext4;

import dev.javisor.internal.image.tree.BlockFile;

/**
 * How large a file system is, and where its tables are: behind the content, all groups' together
 * (flex_bg), since how many files there are is known last.
 *
 * @param blocks of 4 KiB
 * @param groups of 32768 blocks each, the last one maybe shorter
 * @param inodesPerGroup a multiple of 16, so that tables fill their blocks
 * @param tables the first block of the groups' bitmaps and inode tables
 */
record Geometry(long blocks, int groups, int inodesPerGroup, long tables) {
  static final int BLOCK = BlockFile.BLOCK;
  static final int BLOCKS_PER_GROUP = 8 * BLOCK;
  static final int INODE = 256;
  static final int DESCRIPTOR = 32;

  /** Room for the descriptors of 1 TiB. */
  static final int DESCRIPTOR_BLOCKS = 64;

  static final long MAX_BLOCKS = (long) DESCRIPTOR_BLOCKS * (BLOCK / DESCRIPTOR) * BLOCKS_PER_GROUP;

  private static final int INODES_PER_BLOCK = BLOCK / INODE;

  /** One for each 16 KiB, as mke2fs has it. */
  private static final int BLOCKS_PER_INODE = 4;

  /**
   * @param blocks of the file system
   * @param inodes that it must have
   * @param tables the first block behind the content
   */
  static Geometry of(long blocks, long inodes, long tables) {
    long groups = (blocks + BLOCKS_PER_GROUP - 1) / BLOCKS_PER_GROUP;
    long wanted = Math.max(inodes, blocks / BLOCKS_PER_INODE);
    long each = (wanted + groups - 1) / groups;
    long rounded = (each + INODES_PER_BLOCK - 1) / INODES_PER_BLOCK * INODES_PER_BLOCK;
    return new Geometry(blocks, (int) groups, (int) Math.min(rounded, BLOCKS_PER_GROUP), tables);
  }

  int tableBlocks() {
    return inodesPerGroup / INODES_PER_BLOCK;
  }

  long blockBitmap(int group) {
    return tables + group;
  }

  long inodeBitmap(int group) {
    return tables + groups + group;
  }

  long inodeTable(int group) {
    return tables + 2L * groups + (long) group * tableBlocks();
  }

  /** The first block behind the tables. */
  long end() {
    return inodeTable(groups);
  }

  long inodes() {
    return (long) groups * inodesPerGroup;
  }

  int blocksIn(int group) {
    return (int) Math.min(BLOCKS_PER_GROUP, blocks - (long) group * BLOCKS_PER_GROUP);
  }

  /** Where an inode is, in bytes. */
  long inodePosition(long number) {
    long index = number - 1;
    return inodeTable((int) (index / inodesPerGroup)) * BLOCK + index % inodesPerGroup * INODE;
  }
}
