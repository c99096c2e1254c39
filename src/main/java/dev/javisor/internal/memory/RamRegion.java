package dev.javisor.internal.memory;

import dev.javisor.internal.sys.Mapping;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

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
  private final AtomicReferenceArray<@Nullable ByteBuffer> lent;

  RamRegion(long gpa, Mapping mapping) {
    this.gpa = gpa;
    this.size = mapping.size();
    this.mapping = mapping;
    windows = new ByteBuffer[(int) ((size + WINDOW_MASK) >>> WINDOW_SHIFT)];
    lent = new AtomicReferenceArray<>(windows.length);
    for (int i = 0; i < windows.length; i++) {
      windows[i] = mapping.view(start(i), length(i)).order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  boolean contains(long address, long length) {
    long offset = address - gpa;
    return length >= 0 && offset >= 0 && offset < size && length <= size - offset;
  }

  ByteBuffer window(long offset) {
    return windows[(int) (offset >>> WINDOW_SHIFT)];
  }

  /** The window, for those outside the machine; each is leased once, when first asked for. */
  ByteBuffer lentWindow(long offset, LeaseCount leases) {
    int i = (int) (offset >>> WINDOW_SHIFT);
    ByteBuffer window = lent.get(i);
    return window != null ? window : lendWindow(i, leases);
  }

  /** Ends the leases of windows as soon as nobody uses them. */
  void forgetLentWindows() {
    for (int i = 0; i < lent.length(); i++) {
      lent.set(i, null);
    }
  }

  private ByteBuffer lendWindow(int i, LeaseCount leases) {
    ByteBuffer window = leases.lend(mapping, start(i), length(i)).bytes();
    // Another thread may have been faster; the lease of this one then ends by itself.
    ByteBuffer there = lent.compareAndExchange(i, null, window);
    return there != null ? there : window;
  }

  private static long start(int i) {
    return (long) i << WINDOW_SHIFT;
  }

  private int length(int i) {
    return (int) Math.min(WINDOW_MASK + 1 + OVERLAP, size - start(i));
  }
}
