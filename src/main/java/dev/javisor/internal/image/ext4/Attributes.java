package dev.javisor.internal.image.ext4;

import dev.javisor.internal.image.tar.RawName;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Extended attributes of a file, such as capabilities: in the inode where they fit, or in a block.
 * Those of a namespace that ext4 does not have are left out.
 *
 * <p>Source: Linux Documentation/filesystems/ext4/attributes.rst, and fs/ext4/xattr.c for the hash.
 */
final class Attributes {
  /** Bytes that an inode of 256 bytes has for them. */
  static final int IN_INODE = Geometry.INODE - 128 - Inodes.EXTRA;

  private static final int MAGIC = 0xea020000;
  private static final int ENTRY = 16;
  private static final int INODE_HEADER = 4;
  private static final int BLOCK_HEADER = 32;

  /** Those whose value is not in the form that the kernel gives them are not here. */
  private static final Map<String, Integer> NAMESPACES =
      Map.of("user.", 1, "trusted.", 4, "security.", 6);

  private final List<Entry> entries = new ArrayList<>();

  private record Entry(int namespace, byte[] name, byte[] value) {
    int hash() {
      int hash = 0;
      for (byte c : name) {
        hash = hash << 5 ^ hash >>> 27 ^ c;
      }
      ByteBuffer words = LittleEndian.ofSize(padded(value.length));
      words.put(0, value);
      while (words.hasRemaining()) {
        hash = hash << 16 ^ hash >>> 16 ^ words.getInt();
      }
      return hash;
    }
  }

  Attributes(Map<String, String> attributes) {
    attributes.forEach(
        (key, value) -> {
          int dot = key.indexOf('.') + 1;
          Integer namespace = NAMESPACES.get(key.substring(0, dot));
          if (namespace != null && dot < key.length() && key.length() - dot < 256) {
            entries.add(
                new Entry(namespace, RawName.bytes(key.substring(dot)), RawName.bytes(value)));
          }
        });
    entries.sort(
        Comparator.comparingInt(Entry::namespace)
            .thenComparingInt(entry -> entry.name().length)
            .thenComparing(entry -> RawName.of(entry.name(), 0, entry.name().length)));
  }

  boolean isEmpty() {
    return entries.isEmpty();
  }

  boolean fitsInode() {
    return INODE_HEADER + size() <= IN_INODE;
  }

  /** What goes behind an inode's fields. */
  byte[] forInode() {
    ByteBuffer area = LittleEndian.ofSize(IN_INODE);
    area.putInt(MAGIC);
    put(area, INODE_HEADER, false);
    return area.array();
  }

  /** What goes into a block. */
  byte[] forBlock() {
    ByteBuffer area = LittleEndian.ofSize(Geometry.BLOCK);
    int hash = 0;
    for (Entry entry : entries) {
      hash = hash << 16 ^ hash >>> 16 ^ entry.hash();
    }
    area.putInt(MAGIC).putInt(1).putInt(1).putInt(hash);
    area.position(BLOCK_HEADER);
    put(area, 0, true);
    return area.array();
  }

  /**
   * Writes the entries from the position on, and values from the end down.
   *
   * @param base what values' offsets count from
   */
  private void put(ByteBuffer area, int base, boolean hashed) {
    int end = area.capacity();
    for (Entry entry : entries) {
      end -= padded(entry.value().length);
      area.put((byte) entry.name().length).put((byte) entry.namespace());
      area.putShort((short) (end - base)).putInt(0).putInt(entry.value().length);
      area.putInt(hashed ? entry.hash() : 0).put(entry.name());
      area.position((area.position() + 3) / 4 * 4);
      area.put(end, entry.value());
    }
  }

  /** The end of the entries is marked by four zeros. */
  private int size() {
    int size = 4;
    for (Entry entry : entries) {
      size += padded(ENTRY + entry.name().length) + padded(entry.value().length);
    }
    return size;
  }

  private static int padded(int length) {
    return (length + 3) / 4 * 4;
  }
}
