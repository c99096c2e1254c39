package dev.javisor.internal.memory;

import dev.javisor.internal.sys.Mapping;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A stretch of guest RAM in one mapping, seen through windows of 1 GiB, since a {@link ByteBuffer}
 * ends at 2 GiB. Each window overlaps the next by a page, so that no scalar straddles two.
 */
final class RamRegion {
  static final int WINDOW_SHIFT = 30;
  static final long WINDOW_MASK = (1L << WINDOW_SHIFT) - 1;
  private static final long OVERLAP = 4096;

  final long gpa;
  final long size;
  final Mapping mapping;
  private final ByteBuffer[] windows;

  RamRegion(long gpa, Mapping mapping) {
    this.gpa = gpa;
    this.size = mapping.size();
    this.mapping = mapping;
    windows = new ByteBuffer[(int) ((size + WINDOW_MASK) >>> WINDOW_SHIFT)];
    for (int i = 0; i < windows.length; i++) {
      long start = (long) i << WINDOW_SHIFT;
      int length = (int) Math.min(WINDOW_MASK + 1 + OVERLAP, size - start);
      windows[i] = mapping.view(start, length).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  boolean contains(long address, long length) {
    long offset = address - gpa;
    return length >= 0 && offset >= 0 && offset < size && length <= size - offset;
  }

  ByteBuffer window(long offset) {
    return windows[(int) (offset >>> WINDOW_SHIFT)];
  }
}
