package dev.javisor.internal.sys;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A file or block device that is a guest's disk: reads and writes at offsets straight from and to
 * host memory, and what else disks take.
 *
 * <p>The calls that guests cause return their result or the negated errno, and allocate nothing.
 *
 * <p>Source: pread(2), preadv(2), fdatasync(2), fallocate(2), fcntl(2) "Open file description
 * locks", statx(2), and linux/fs.h for block devices. Threading: any thread.
 */
public final class DiskFile extends Fd {
  /** Bypass the page cache. */
  public static final int O_DIRECT = 0x4000;

  /** Do not wait for the other end of a FIFO. */
  public static final int O_NONBLOCK = 0x800;

  /** fallocate: the size of the file stays; goes with the other two. */
  public static final int KEEP_SIZE = 1;

  /** fallocate: the bytes read as zero and take no space. */
  public static final int PUNCH_HOLE = 2;

  /** fallocate: the bytes read as zero and their space stays reserved. */
  public static final int ZERO_RANGE = 0x10;

  private static final int STAT_SIZE = 144;
  private static final int STAT_MODE = 24;
  private static final int STAT_FILE_SIZE = 48;
  private static final int STAT_BLOCKS = 64;
  private static final int S_IFMT = 0xF000;
  private static final int S_IFREG = 0x8000;
  private static final int S_IFBLK = 0x6000;
  private static final int S_IFDIR = 0x4000;
  private static final int S_IFIFO = 0x1000;

  private static final long BLKROGET = 0x125E;
  private static final long BLKSSZGET = 0x1268;
  private static final long BLKPBSZGET = 0x127B;
  private static final long BLKGETSIZE64 = 0x8008_1272L;

  private static final int F_OFD_SETLK = 37;
  private static final int FLOCK_SIZE = 32;
  private static final short F_RDLCK = 0;
  private static final short F_WRLCK = 1;

  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_DIOALIGN = 0x2000;
  private static final int STATX_SIZE = 256;
  private static final int STATX_DIO_MEM_ALIGN = 0x98;
  private static final int STATX_DIO_OFFSET_ALIGN = 0x9C;

  /** What a path can name. */
  public enum Kind {
    FILE,
    BLOCK_DEVICE,
    FOLDER,
    FIFO,
    OTHER
  }

  /**
   * What direct I/O wants to be aligned to.
   *
   * @param memory of each buffer's address, in bytes; a power of two
   * @param offset of each offset in the file and each length, in bytes; a power of two
   */
  public record Alignment(int memory, int offset) {}

  private DiskFile(int number, String name) {
    super(number, name);
  }

  /**
   * Opens a file.
   *
   * @param flags as {@link Fd#open} has them, and {@link #O_DIRECT} and {@link #O_NONBLOCK}
   * @throws NativeException with the path, if it cannot be opened
   */
  public static DiskFile openDisk(Path path, int flags) {
    return new DiskFile(openNumber(path, flags), path.toString());
  }

  /** Reads into host memory: pread(2). */
  public long read(long hva, long length, long offset) {
    return Sys.access().pread(number(), hva, length, offset);
  }

  /** Writes from host memory: pwrite(2). */
  public long write(long hva, long length, long offset) {
    return Sys.access().pwrite(number(), hva, length, offset);
  }

  /**
   * Reads into several pieces of host memory: preadv(2).
   *
   * @param vector the host virtual address of an array of {@code struct iovec}
   * @param count its length, up to 1024
   */
  public long readVector(long vector, int count, long offset) {
    return Sys.access().call6(Syscall.PREADV, number(), vector, count, offset, 0, 0);
  }

  /** Writes from several pieces of host memory: pwritev(2); parameters as in readVector. */
  public long writeVector(long vector, int count, long offset) {
    return Sys.access().call6(Syscall.PWRITEV, number(), vector, count, offset, 0, 0);
  }

  /**
   * Reads into what remains of a direct buffer; its position stays.
   *
   * @return bytes, fewer than remain only at the file's end; or the negated errno
   */
  public long readFully(ByteBuffer direct, long offset) {
    return transfer(direct, offset, false);
  }

  /** Writes what remains of a direct buffer; its position stays. Result as in readFully. */
  public long writeFully(ByteBuffer direct, long offset) {
    return transfer(direct, offset, true);
  }

  /** Makes what was written durable: fdatasync(2). */
  public long syncData() {
    return Sys.call(Syscall.FDATASYNC, number(), 0, 0);
  }

  /**
   * Changes the space that a range takes: fallocate(2).
   *
   * @param mode {@link #PUNCH_HOLE} or {@link #ZERO_RANGE}, and {@link #KEEP_SIZE}
   */
  public long allocate(int mode, long offset, long length) {
    return Sys.access().call6(Syscall.FALLOCATE, number(), mode, offset, length, 0, 0);
  }

  /**
   * Locks the whole file against other descriptions of it, here and in other processes, until the
   * last descriptor of this one is closed.
   *
   * @param exclusive whether readers are kept out, too; the file must be open for writing then
   * @return 0, or the negated errno: EAGAIN if somebody else has a lock in the way
   */
  public long lock(boolean exclusive) {
    NativeBuffer lock = NativeBuffer.ofSize(FLOCK_SIZE);
    lock.bytes().putShort(0, exclusive ? F_WRLCK : F_RDLCK);
    return lock.during(at -> Sys.call(Syscall.FCNTL, number(), F_OFD_SETLK, at));
  }

  /** What kind of file it is. */
  public Kind kind() {
    return switch (stat().getInt(STAT_MODE) & S_IFMT) {
      case S_IFREG -> Kind.FILE;
      case S_IFBLK -> Kind.BLOCK_DEVICE;
      case S_IFDIR -> Kind.FOLDER;
      case S_IFIFO -> Kind.FIFO;
      default -> Kind.OTHER;
    };
  }

  /** The size in bytes, of a block device too. */
  public long diskSize() {
    if (kind() != Kind.BLOCK_DEVICE) {
      return stat().getLong(STAT_FILE_SIZE);
    }
    NativeBuffer size = NativeBuffer.ofSize(8);
    ioctl("BLKGETSIZE64", BLKGETSIZE64, size);
    return size.bytes().getLong(0);
  }

  /** The space that the file takes, in bytes. */
  public long spaceTaken() {
    return stat().getLong(STAT_BLOCKS) * 512;
  }

  /** Whether a block device refuses writes. */
  public boolean blockDeviceReadOnly() {
    return blockDeviceNumber("BLKROGET", BLKROGET) != 0;
  }

  /** The smallest unit that a block device can address, in bytes. */
  public int logicalBlockSize() {
    return blockDeviceNumber("BLKSSZGET", BLKSSZGET);
  }

  /** The smallest unit that a block device can write without reading, in bytes. */
  public int physicalBlockSize() {
    return blockDeviceNumber("BLKPBSZGET", BLKPBSZGET);
  }

  /**
   * What direct I/O on this file, which is open with {@link #O_DIRECT}, has to be aligned to: what
   * the kernel tells (Linux 6.1), else a block device's unit, else what a read shows.
   */
  public Alignment directAlignment() {
    NativeBuffer statx = NativeBuffer.ofSize(STATX_SIZE);
    NativeBuffer empty = NativeBuffer.ofString("");
    long result =
        statx.during(
            at ->
                empty.during(
                    path ->
                        Sys.access()
                            .call6(
                                Syscall.STATX,
                                number(),
                                path,
                                AT_EMPTY_PATH,
                                STATX_DIOALIGN,
                                at,
                                0)));
    int memory = statx.bytes().getInt(STATX_DIO_MEM_ALIGN);
    int offset = statx.bytes().getInt(STATX_DIO_OFFSET_ALIGN);
    if (result == 0 && (statx.bytes().getInt(0) & STATX_DIOALIGN) != 0 && memory > 0) {
      return new Alignment(memory, Math.max(offset, 512));
    }
    int unit = kind() == Kind.BLOCK_DEVICE ? logicalBlockSize() : triedUnit();
    return new Alignment(unit, unit);
  }

  private int triedUnit() {
    ByteBuffer room = ByteBuffer.allocateDirect(2 * 4096);
    long start = -Sys.access().addressOf(room) & 4095;
    long result = readFully(room.position((int) start).limit((int) start + 512), 0);
    return result == -Errno.EINVAL ? 4096 : 512;
  }

  private int blockDeviceNumber(String call, long request) {
    NativeBuffer number = NativeBuffer.ofSize(8);
    ioctl(call, request, number);
    return number.bytes().getInt(0);
  }

  private ByteBuffer stat() {
    NativeBuffer stat = NativeBuffer.ofSize(STAT_SIZE);
    Sys.check(stat.during(at -> Sys.call(Syscall.FSTAT, number(), at, 0)), "fstat", name());
    return stat.bytes();
  }

  private long transfer(ByteBuffer direct, long offset, boolean write) {
    long hva = Sys.access().addressOf(direct) + direct.position();
    long length = direct.remaining();
    long done = 0;
    try {
      while (done < length) {
        long result =
            write
                ? write(hva + done, length - done, offset + done)
                : read(hva + done, length - done, offset + done);
        if (result == 0) {
          break;
        }
        if (result < 0 && result != -Errno.EINTR) {
          return result;
        }
        done += Math.max(result, 0);
      }
    } finally {
      Reference.reachabilityFence(direct);
    }
    return done;
  }
}
