package dev.javisor.testing.microguest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Builds page tables that map addresses to themselves, in pages of 2 MiB, for all privilege levels.
 *
 * <p>Source: SDM vol. 3, "4-Level Paging".
 */
final class PageTables {
  static final long PAGE = 1L << 21;
  private static final int ENTRIES = 512;
  private static final int TABLE_BYTES = ENTRIES * Long.BYTES;
  private static final long PRESENT_WRITABLE_USER = 7;
  private static final long LARGE = 1 << 7;
  static final int PAGE_BITS = 21;

  /** What the entry of a page has beside its address. */
  static final int ENTRY = (int) (LARGE | PRESENT_WRITABLE_USER);

  private static final int BITS_A_LEVEL = 9;

  private final long gpa;
  private final List<long[]> tables = new ArrayList<>();
  private final Map<String, Integer> numbers = new TreeMap<>();

  /**
   * @param gpa where the tables will lie; the root is the first of them
   */
  PageTables(long gpa) {
    this.gpa = gpa;
    tables.add(new long[ENTRIES]);
  }

  void map(long start, long bytes) {
    for (long at = start & -PAGE; at < start + bytes; at += PAGE) {
      long[] third = below(tables.get(0), at, 3);
      long[] second = below(third, at, 2);
      second[index(at, 1)] = at | ENTRY;
    }
  }

  /** Makes room for the 512 pages around an address, and maps nothing there. */
  void reserve(long address) {
    below(below(tables.get(0), address, 3), address, 2);
  }

  byte[] toByteArray() {
    ByteBuffer bytes =
        ByteBuffer.allocate(tables.size() * TABLE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long[] table : tables) {
      for (long entry : table) {
        bytes.putLong(entry);
      }
    }
    return bytes.array();
  }

  private long[] below(long[] table, long address, int level) {
    String name = level + ":" + (address >>> PAGE_BITS + level * BITS_A_LEVEL - 9);
    Integer number = numbers.get(name);
    if (number == null) {
      number = tables.size();
      numbers.put(name, number);
      tables.add(new long[ENTRIES]);
      table[index(address, level)] = gpa + (long) number * TABLE_BYTES | PRESENT_WRITABLE_USER;
    }
    return tables.get(number);
  }

  /** Level 3 is the root, level 1 the one whose entries are pages. */
  private static int index(long address, int level) {
    return (int) (address >>> PAGE_BITS + (level - 1) * BITS_A_LEVEL) & ENTRIES - 1;
  }
}
