package dev.javisor.internal.virtio;

import dev.javisor.internal.memory.GuestMemory;

/**
 * Reads one chain of descriptors: virtio 1.3 §2.7.5. Each descriptor is read once, in two loads,
 * and only that copy is looked at.
 *
 * <p>A chain may have {@link #MAX_BUFFERS} descriptors, whatever the queue's size: Linux exceeds
 * the queue's size in indirect tables. Descriptors of length 0, which no rule forbids, add nothing.
 */
final class DescriptorReader {
  /** The most descriptors that a chain may have. It is Linux' IOV_MAX as well. */
  static final int MAX_BUFFERS = 1024;

  private static final long MAX_BYTES = 1L << 32;
  private static final int NEXT = 1;
  private static final int WRITE = 2;
  private static final int INDIRECT = 4;
  private static final int DESCRIPTOR_SHIFT = 4;

  private final GuestMemory memory;
  private final long queueTable;
  private final int queueSize;
  private final boolean indirectAllowed;
  private final BufferList readable;
  private final BufferList writable;

  DescriptorReader(
      GuestMemory memory,
      long queueTable,
      int queueSize,
      boolean indirectAllowed,
      BufferList readable,
      BufferList writable) {
    this.memory = memory;
    this.queueTable = queueTable;
    this.queueSize = queueSize;
    this.indirectAllowed = indirectAllowed;
    this.readable = readable;
    this.writable = writable;
  }

  /**
   * Fills the lists with the chain that starts at this descriptor.
   *
   * @param head less than the queue's size
   * @throws BrokenDriverException if the chain breaks a rule
   */
  void read(int head) {
    readable.clear();
    writable.clear();
    long table = queueTable;
    int tableSize = queueSize;
    int limit = Math.min(queueSize, MAX_BUFFERS);
    int next = head;
    for (int count = 1; ; count++) {
      if (count > limit) {
        throw new BrokenDriverException("chain longer than %d descriptors".formatted(limit));
      }
      long gpa = memory.readLong(table + ((long) next << DESCRIPTOR_SHIFT));
      long rest = memory.readLong(table + ((long) next << DESCRIPTOR_SHIFT) + Long.BYTES);
      long length = rest & 0xffff_ffffL;
      int flags = (int) (rest >>> 32) & 0xffff;
      if ((flags & INDIRECT) != 0) {
        checkTable(gpa, length, flags, table);
        table = gpa;
        tableSize = (int) (length >>> DESCRIPTOR_SHIFT);
        // Entries of the table come on top of those before it, each at most once.
        limit = Math.min(count + tableSize, MAX_BUFFERS);
        next = 0;
        continue;
      }
      add(gpa, length, (flags & WRITE) != 0);
      if ((flags & NEXT) == 0) {
        return;
      }
      next = (int) (rest >>> 48);
      if (next >= tableSize) {
        throw new BrokenDriverException("next descriptor %d of %d".formatted(next, tableSize));
      }
    }
  }

  private void checkTable(long gpa, long length, int flags, long table) {
    if (!indirectAllowed || table != queueTable || (flags & NEXT) != 0) {
      throw new BrokenDriverException(
          "indirect descriptor with flags 0x%x where it must not be".formatted(flags));
    }
    // Alignment is not asked for by the standard; it would tear nothing that is read only once.
    if (length == 0 || (length & 15) != 0 || !memory.contains(gpa, length)) {
      throw new BrokenDriverException(
          "indirect table of 0x%x bytes at 0x%x".formatted(length, gpa));
    }
  }

  private void add(long gpa, long length, boolean write) {
    if (!memory.contains(gpa, length)) {
      throw new BrokenDriverException("buffer of 0x%x bytes at 0x%x".formatted(length, gpa));
    }
    if (!write && writable.count() > 0) {
      throw new BrokenDriverException("buffer to read from behind one to write to");
    }
    if (readable.bytes() + writable.bytes() + length > MAX_BYTES) {
      throw new BrokenDriverException("chain longer than 4 GiB");
    }
    if (length > 0) {
      (write ? writable : readable).add(gpa, length);
    }
  }
}
