package dev.javisor.internal.image.squashfs;

import dev.javisor.internal.image.tar.RawName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Extended attributes, such as capabilities; files with equal ones share them. Those of a namespace
 * that squashfs does not have are left out.
 *
 * <p>Source: Linux fs/squashfs/squashfs_fs.h, xattr_id.c. Not safe for use by several threads.
 */
final class Attributes {
  /** The number that stands for no attributes. */
  static final int NONE = -1;

  private static final List<String> NAMESPACES = List.of("user.", "trusted.", "security.");
  private static final int ID = 16;

  private final Map<Map<String, String>, Integer> known = new HashMap<>();
  private final MetaTable values;
  private final MetaTable ids;

  Attributes(Packer packer) {
    values = new MetaTable(packer);
    ids = new MetaTable(packer);
  }

  /** The number of a set of attributes: raw names with their namespaces, raw values. */
  int number(Map<String, String> attributes) {
    TreeMap<String, String> kept = new TreeMap<>(attributes);
    kept.keySet().removeIf(name -> namespace(name) < 0);
    if (kept.isEmpty()) {
      return NONE;
    }
    Integer number = known.putIfAbsent(kept, known.size());
    if (number != null) {
      return number;
    }
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    kept.forEach((name, value) -> list.writeBytes(entry(name, value)));
    ByteBuffer id = MetaTable.record(ID).putLong(values.reference());
    ids.put(id.putInt(kept.size()).putInt(list.size()).array());
    values.put(list.toByteArray());
    return known.size() - 1;
  }

  boolean isEmpty() {
    return known.isEmpty();
  }

  /**
   * The tables, the one at the end telling of the others.
   *
   * @param start where they are in the file
   * @return them, and how far from there the last one is
   */
  Written finish(long start) {
    byte[] valueBytes = values.finish();
    byte[] idBytes = ids.finish();
    byte[] index = ids.index(start + valueBytes.length);
    ByteBuffer all = MetaTable.record(valueBytes.length + idBytes.length + ID + index.length);
    all.put(valueBytes).put(idBytes);
    int last = all.position();
    all.putLong(start).putInt(known.size()).putInt(0).put(index);
    return new Written(all.array(), last);
  }

  /**
   * What is written.
   *
   * @param bytes all tables
   * @param last where the last one begins in them
   */
  record Written(byte[] bytes, int last) {}

  private static byte[] entry(String name, String value) {
    int namespace = namespace(name);
    byte[] rest = RawName.bytes(name.substring(NAMESPACES.get(namespace).length()));
    byte[] content = RawName.bytes(value);
    return MetaTable.record(8 + rest.length + content.length)
        .putShort((short) namespace)
        .putShort((short) rest.length)
        .put(rest)
        .putInt(content.length)
        .put(content)
        .array();
  }

  private static int namespace(String name) {
    for (int i = 0; i < NAMESPACES.size(); i++) {
      int rest = name.length() - NAMESPACES.get(i).length();
      if (name.startsWith(NAMESPACES.get(i)) && rest > 0 && rest < 256) {
        return i;
      }
    }
    return -1;
  }
}
