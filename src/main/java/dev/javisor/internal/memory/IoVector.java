package dev.javisor.internal.memory;

import dev.javisor.internal.sys.NativeBuffer;
import java.nio.ByteBuffer;

/**
 * Stretches of guest RAM for a system call that reads or writes them in place: an array of {@code
 * struct iovec}, readv(2). Filled and used over and over, so that a request allocates nothing.
 *
 * <p>Threading: one thread at a time; keep it reachable while the kernel may look at it.
 */
public final class IoVector {
  /** The most entries that the kernel takes in one call (IOV_MAX). */
  public static final int MAX_CAPACITY = 1024;

  private static final int ENTRY_SIZE = 16;
  private static final int LENGTH_OFFSET = 8;

  private final NativeBuffer memory;
  private final ByteBuffer entries;
  private final int capacity;
  private int first;
  private int end;
  private long bytes;

  /**
   * @param capacity entries, 1 to {@link #MAX_CAPACITY}
   */
  public IoVector(int capacity) {
    if (capacity < 1 || capacity > MAX_CAPACITY) {
      throw new IllegalArgumentException("capacity " + capacity);
    }
    this.capacity = capacity;
    memory = NativeBuffer.ofSize(capacity * ENTRY_SIZE);
    entries = memory.bytes();
  }

  /** Takes everything out. */
  public void clear() {
    first = 0;
    end = 0;
    bytes = 0;
  }

  /**
   * Adds guest bytes at the end; those that follow the last ones directly share their entry.
   *
   * @return false if there is no room
   * @throws GuestAddressException if they are not all RAM of one region
   */
  public boolean add(GuestMemory ram, long gpa, long length) {
    long hva = ram.hva(gpa, length);
    int last = (end - 1) * ENTRY_SIZE;
    if (end > first && entries.getLong(last) + entries.getLong(last + LENGTH_OFFSET) == hva) {
      entries.putLong(last + LENGTH_OFFSET, entries.getLong(last + LENGTH_OFFSET) + length);
    } else if (end == capacity) {
      return false;
    } else {
      entries.putLong(end * ENTRY_SIZE, hva);
      entries.putLong(end * ENTRY_SIZE + LENGTH_OFFSET, length);
      end++;
    }
    bytes += length;
    return true;
  }

  /**
   * Adds host memory at the end, in an entry of its own.
   *
   * @return false if there is no room
   */
  public boolean addHost(long hva, long length) {
    if (end == capacity) {
      return false;
    }
    entries.putLong(end * ENTRY_SIZE, hva);
    entries.putLong(end * ENTRY_SIZE + LENGTH_OFFSET, length);
    end++;
    bytes += length;
    return true;
  }

  /** Takes the last entry away. */
  public void removeLast() {
    if (end == first) {
      throw new IllegalStateException("there is none");
    }
    end--;
    bytes -= entries.getLong(end * ENTRY_SIZE + LENGTH_OFFSET);
  }

  /**
   * Takes bytes away from the beginning: those that a call has dealt with.
   *
   * @param done 0 to {@link #bytes()}
   */
  public void advance(long done) {
    if (done < 0 || done > bytes) {
      throw new IllegalArgumentException("%d of %d bytes".formatted(done, bytes));
    }
    bytes -= done;
    while (done > 0) {
      int at = first * ENTRY_SIZE;
      long length = entries.getLong(at + LENGTH_OFFSET);
      if (done < length) {
        entries.putLong(at, entries.getLong(at) + done);
        entries.putLong(at + LENGTH_OFFSET, length - done);
        return;
      }
      done -= length;
      first++;
    }
  }

  /** The host virtual address of the first entry, for the kernel. */
  public long address() {
    return memory.address() + (long) first * ENTRY_SIZE;
  }

  /** The number of entries. */
  public int count() {
    return end - first;
  }

  /** The bytes of all entries. */
  public long bytes() {
    return bytes;
  }

  /** The host virtual address at which an entry's bytes start. */
  public long hva(int entry) {
    return entries.getLong((first + entry) * ENTRY_SIZE);
  }

  /** The bytes of an entry. */
  public long length(int entry) {
    return entries.getLong((first + entry) * ENTRY_SIZE + LENGTH_OFFSET);
  }
}
