package dev.javisor.internal.sys;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A range of host virtual memory, from mmap(2).
 *
 * <p>Threading: any thread. Buffers over the memory end the JVM when they are used after {@link
 * #close()}: the owner sees to it that nobody holds one, or calls {@link #replaceByZeroPages()}.
 */
public final class Mapping implements AutoCloseable {
  private static final int PROT_NONE = 0;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_SHARED = 0x01;
  private static final int MAP_PRIVATE = 0x02;
  private static final int MAP_FIXED = 0x10;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_REMOVE = 9;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_NOHUGEPAGE = 15;
  private static final int MADV_DONTDUMP = 16;
  private static final int MADV_POPULATE_WRITE = 23;

  private final long address;
  private final long size;
  private final String name;
  private final boolean shared;
  private final AtomicBoolean open = new AtomicBoolean(true);
  private volatile boolean populated;

  private Mapping(long address, long size, String name, boolean shared) {
    this.address = address;
    this.size = size;
    this.name = name;
    this.shared = shared;
  }

  /**
   * Maps private anonymous memory, populated when touched.
   *
   * @param size bytes, a multiple of the page size
   * @param alignment of the address in bytes, a power of two; 2 MiB lets the kernel use huge pages
   * @throws NativeException ENOMEM if the host cannot map as much
   */
  public static Mapping anonymous(long size, long alignment, String name) {
    long reserved = size + alignment;
    long flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    long start = map(0, reserved, PROT_NONE, flags, -1, 0, name);
    long aligned = (start + alignment - 1) & -alignment;
    trim(start, aligned - start);
    trim(aligned + size, start + reserved - aligned - size);
    map(aligned, size, PROT_READ_WRITE, flags | MAP_FIXED, -1, 0, name);
    return new Mapping(aligned, size, name, false);
  }

  /**
   * Maps a file's or device's memory, shared.
   *
   * @param size bytes
   * @param offset in the file, a multiple of the page size
   */
  public static Mapping shared(Fd fd, long size, long offset) {
    long address = map(0, size, PROT_READ_WRITE, MAP_SHARED, fd.number(), offset, fd.name());
    return new Mapping(address, size, fd.name(), true);
  }

  /** The host virtual address of the first byte. */
  public long address() {
    return address;
  }

  /** The size in bytes. */
  public long size() {
    return size;
  }

  /**
   * A buffer over a part of the memory, in native byte order.
   *
   * @throws IndexOutOfBoundsException if the part is not within the mapping
   */
  public ByteBuffer view(long offset, int length) {
    if (offset < 0 || length < 0 || offset > size - length) {
      throw new IndexOutOfBoundsException(
          "0x%x bytes at 0x%x of %s, which has 0x%x".formatted(length, offset, name, size));
    }
    return Sys.access().view(address + offset, length);
  }

  /** Keeps the memory out of core dumps: madvise(2), MADV_DONTDUMP. */
  public void excludeFromCoreDumps() {
    advise(MADV_DONTDUMP, "MADV_DONTDUMP");
  }

  /** Asks for transparent huge pages, or for none. Ignored by kernels without them. */
  public void transparentHugePages(boolean wanted) {
    long result =
        Sys.call(Syscall.MADVISE, address, size, wanted ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    if (result != -Errno.EINVAL) {
      Sys.check(result, "madvise(MADV_HUGEPAGE)", name);
    }
  }

  /**
   * Populates the memory, so that no later access can fail for want of a page: MADV_POPULATE_WRITE,
   * Linux 5.14.
   *
   * @throws NativeException ENOMEM, or EFAULT for huge pages, if there is not enough memory; EINVAL
   *     on older kernels
   */
  public void populate() {
    advise(MADV_POPULATE_WRITE, "MADV_POPULATE_WRITE");
    populated = true;
  }

  /**
   * Gives the pages back: the memory reads as zero afterwards, also for others who map the same
   * memfd. What was populated is populated anew.
   *
   * @throws NativeException EINVAL or EOPNOTSUPP if this is a file that cannot have holes; and as
   *     {@link #populate()}
   */
  public void discard() {
    if (shared) {
      // MADV_DONTNEED would drop the page tables only, and the file keep what was written.
      advise(MADV_REMOVE, "MADV_REMOVE");
    } else {
      advise(MADV_DONTNEED, "MADV_DONTNEED");
    }
    if (populated) {
      populate();
    }
  }

  /**
   * Puts private zero pages in the place of whatever is mapped: the host's memory is free at once,
   * while buffers over it stay harmless.
   */
  public void replaceByZeroPages() {
    if (open.get()) {
      long flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
      map(address, size, PROT_READ_WRITE, flags, -1, 0, name);
    }
  }

  /** Unmaps the memory; later calls do nothing. */
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      Sys.check(Sys.call(Syscall.MUNMAP, address, size, 0), "munmap", name);
    }
  }

  private void advise(int advice, String adviceName) {
    long result;
    do {
      result = Sys.call(Syscall.MADVISE, address, size, advice);
    } while (result == -Errno.EINTR);
    if (result < 0) {
      throw new NativeException("madvise(" + adviceName + ")", (int) -result, describe(size, name));
    }
  }

  private static void trim(long address, long size) {
    if (size > 0) {
      Sys.check(Sys.call(Syscall.MUNMAP, address, size, 0), "munmap", "");
    }
  }

  private static long map(
      long hint, long size, int protection, long flags, int fd, long offset, String name) {
    long result = Sys.access().call6(Syscall.MMAP, hint, size, protection, flags, fd, offset);
    // Described only when it has failed: boots map a lot, and words take longer than the call.
    if (result < 0) {
      throw new NativeException("mmap", (int) -result, describe(size, name));
    }
    return result;
  }

  private static String describe(long size, String name) {
    return "0x%x bytes for %s".formatted(size, name);
  }
}
