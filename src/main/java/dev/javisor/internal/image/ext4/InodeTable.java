package dev.javisor.internal.image.ext4;

import dev.javisor.internal.image.tree.BlockFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The inodes of all groups, kept until it is known where they go. */
final class InodeTable {
  private static final int CHUNK = 1 << 20;

  private final List<byte[]> chunks = new ArrayList<>();

  void put(long number, byte[] inode) {
    long at = (number - 1) * Geometry.INODE;
    while (chunks.size() <= at / CHUNK) {
      chunks.add(new byte[CHUNK]);
    }
    System.arraycopy(inode, 0, chunks.get((int) (at / CHUNK)), (int) (at % CHUNK), inode.length);
  }

  /** Writes it; the tables of the groups are one behind the other. */
  void writeTo(BlockFile file, Geometry geometry) throws IOException {
    long at = geometry.inodeTable(0) * Geometry.BLOCK;
    long end = geometry.end() * Geometry.BLOCK;
    for (byte[] chunk : chunks) {
      int length = (int) Math.min(CHUNK, end - at);
      file.write(at, length == CHUNK ? chunk : Arrays.copyOf(chunk, length));
      at += length;
    }
  }
}
