package dev.javisor.internal.image.ext4;

import dev.javisor.internal.image.tar.RawName;
import dev.javisor.internal.image.tree.Inode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The content of folders: names one after the other, none across blocks.
 *
 * <p>Source: Linux Documentation/filesystems/ext4/directory.rst, "Linear (Classic) Directories".
 * Not modelled: hashed folders; Linux reads large ones from start to end.
 */
final class Folders {
  private static final int HEAD = 8;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private ByteBuffer block = LittleEndian.ofSize(Geometry.BLOCK);
  private int last;

  private Folders() {}

  /**
   * Writes a folder.
   *
   * @param numbers tells inodes' numbers
   * @return whole blocks
   */
  static byte[] encode(Inode folder, long self, long parent, ToLongFunction<Inode> numbers) {
    Folders writer = new Folders();
    writer.add(".", self, 2);
    writer.add("..", parent, 2);
    for (Map.Entry<String, Inode> child : folder.children()) {
      writer.add(
          child.getKey(), numbers.applyAsLong(child.getValue()), type(child.getValue().kind()));
    }
    writer.endBlock();
    return writer.out.toByteArray();
  }

  private void add(String name, long number, int type) {
    byte[] bytes = RawName.bytes(name);
    int length = (HEAD + bytes.length + 3) / 4 * 4;
    if (block.remaining() < length) {
      endBlock();
    }
    last = block.position();
    block.putInt((int) number).putShort((short) length);
    block.put((byte) bytes.length).put((byte) type).put(bytes);
    block.position(last + length);
  }

  /** The last name takes the rest of its block. */
  private void endBlock() {
    block.putShort(last + 4, (short) (Geometry.BLOCK - last));
    out.writeBytes(block.array());
    block = LittleEndian.ofSize(Geometry.BLOCK);
    last = 0;
  }

  private static int type(Inode.Kind kind) {
    return switch (kind) {
      case FILE -> 1;
      case FOLDER -> 2;
      case CHARACTER_DEVICE -> 3;
      case BLOCK_DEVICE -> 4;
      case FIFO -> 5;
      case SYMBOLIC_LINK -> 7;
    };
  }
}
