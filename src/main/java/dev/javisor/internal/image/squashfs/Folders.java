package dev.javisor.internal.image.squashfs;

import dev.javisor.internal.image.tree.Inode;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * What a folder's names look like: in runs, since those next to each other have inodes in one block
 * mostly.
 */
final class Folders {
  /** What a folder's size counts for its dot and dot-dot, which are not written. */
  static final int DOTS = 3;

  /** What distinguishes the types of extended inodes from those in folders. */
  static final int EXTENDED = 7;

  private static final int MOST_IN_RUN = 256;

  private Folders() {}

  /**
   * A name in a folder.
   *
   * @param bytes 1 to 255 of them
   * @param inode what it names
   * @param entry that has been written
   */
  record Name(byte[] bytes, Inode inode, Squashfs.Entry entry) {
    private int block() {
      return (int) (entry.reference() >>> 16);
    }

    private int distance(Name first) {
      return entry.number() - first.entry.number();
    }
  }

  /**
   * Encodes a folder.
   *
   * @param names in the order of their bytes
   */
  static byte[] encode(List<Name> names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int from = 0; from < names.size(); ) {
      int to = run(names, from);
      Name first = names.get(from);
      out.writeBytes(
          MetaTable.record(12)
              .putInt(to - from - 1)
              .putInt(first.block())
              .putInt(first.entry.number())
              .array());
      for (Name name : names.subList(from, to)) {
        out.writeBytes(
            MetaTable.record(8 + name.bytes().length)
                .putShort((short) name.entry().reference())
                .putShort((short) name.distance(first))
                .putShort((short) type(name.inode().kind()))
                .putShort((short) (name.bytes().length - 1))
                .put(name.bytes())
                .array());
      }
      from = to;
    }
    return out.toByteArray();
  }

  private static int run(List<Name> names, int from) {
    Name first = names.get(from);
    int to = from + 1;
    while (to < names.size() && to - from < MOST_IN_RUN) {
      Name name = names.get(to);
      if (name.block() != first.block() || Math.abs(name.distance(first)) > Short.MAX_VALUE) {
        break;
      }
      to++;
    }
    return to;
  }

  static int type(Inode.Kind kind) {
    return switch (kind) {
      case FOLDER -> 1;
      case FILE -> 2;
      case SYMBOLIC_LINK -> 3;
      case BLOCK_DEVICE -> 4;
      case CHARACTER_DEVICE -> 5;
      case FIFO -> 6;
    };
  }
}
