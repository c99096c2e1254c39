package dev.javisor.internal.image.squashfs;

import dev.javisor.error.ImageException;
import dev.javisor.error.ImageException.Reason;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** The users and groups that files belong to, each of which has a number of 16 bits here. */
final class Owners {
  private static final int MOST = 0xffff;

  private final Map<Long, Integer> numbers = new LinkedHashMap<>();
  private final String source;

  /**
   * @param source what the tree is made from, for messages
   */
  Owners(String source) {
    this.source = source;
  }

  /** The number of a user or group. */
  int number(long id) {
    int next = numbers.size();
    int number = numbers.computeIfAbsent(id, key -> next);
    if (numbers.size() > MOST) {
      throw new ImageException(
          Reason.TOO_LARGE,
          source,
          "its files have more than %d owners".formatted(MOST),
          "make an ext4 disk of it",
          null);
    }
    return number;
  }

  int count() {
    return numbers.size();
  }

  MetaTable table(Packer packer) {
    MetaTable table = new MetaTable(packer);
    ByteBuffer ids = MetaTable.record(4 * numbers.size());
    numbers.keySet().forEach(id -> ids.putInt((int) (long) id));
    table.put(ids.array());
    return table;
  }
}
