package dev.javisor.internal.sys;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A pair of rings shared with the kernel: operations on files go in, results come out.
 *
 * <p>Needs Linux 5.11 (for waiting with a time limit).
 *
 * <p>Source: io_uring(7), io_uring_setup(2), io_uring_enter(2), io_uring_register(2),
 * linux/io_uring.h. Threading: one thread at a time.
 */
public final class IoUring implements AutoCloseable {
  /** fdatasync. */
  public static final int OP_FSYNC = 3;

  /** preadv. */
  public static final int OP_READV = 1;

  /** pwritev. */
  public static final int OP_WRITEV = 2;

  /** fallocate. */
  public static final int OP_FALLOCATE = 17;

  /** pread. */
  public static final int OP_READ = 22;

  /** pwrite. */
  public static final int OP_WRITE = 23;

  /**
   * For reads and writes: RWF_NOWAIT, EAGAIN instead of waiting. Without it a file that supports it
   * waits, even if it is opened by O_NONBLOCK; with it other files answer EOPNOTSUPP.
   */
  public static final int NOWAIT = 8;

  /** For {@link #OP_FSYNC}: what fdatasync does. */
  public static final int FSYNC_DATASYNC = 1;

  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int PARAMS_SIZE = 120;
  private static final int PARAMS_SQ_ENTRIES = 0;
  private static final int PARAMS_CQ_ENTRIES = 4;
  private static final int PARAMS_FLAGS = 8;
  private static final int PARAMS_FEATURES = 20;
  private static final int PARAMS_SQ_OFFSETS = 40;
  private static final int PARAMS_CQ_OFFSETS = 80;
  private static final int OFFSET_HEAD = 0;
  private static final int OFFSET_TAIL = 4;
  private static final int OFFSET_MASK = 8;
  private static final int OFFSET_SQ_ARRAY = 24;
  private static final int OFFSET_CQ_ENTRIES = 20;
  private static final int OFFSET_CQ_FLAGS = 24;

  private static final int SETUP_CLAMP = 1 << 4;
  private static final int FEATURE_SINGLE_MMAP = 1;
  private static final int FEATURE_NODROP = 1 << 1;
  private static final int FEATURE_SUBMIT_STABLE = 1 << 2;
  private static final int FEATURE_EXT_ARG = 1 << 8;
  private static final int NEEDED =
      FEATURE_SINGLE_MMAP | FEATURE_NODROP | FEATURE_SUBMIT_STABLE | FEATURE_EXT_ARG;

  private static final long OFFSET_OF_RINGS = 0;
  private static final long OFFSET_OF_ENTRIES = 0x1000_0000L;
  private static final int ENTER_GETEVENTS = 1;
  private static final int ENTER_EXT_ARG = 1 << 3;
  private static final int REGISTER_EVENTFD = 4;
  private static final int CQ_EVENTFD_DISABLED = 1;

  private static final int SQE_SIZE = 64;
  private static final int CQE_SIZE = 16;
  private static final int WAIT_SIZE = 40;
  private static final int WAIT_TIME = 24;

  private final Fd fd;
  private final Mapping rings;
  private final Mapping entries;
  private final ByteBuffer ring;
  private final ByteBuffer sqes;
  private final NativeBuffer wait = NativeBuffer.ofSize(WAIT_SIZE);
  private final int capacity;
  private final int sqHead;
  private final int sqTail;
  private final int sqMask;
  private final int cqHead;
  private final int cqTail;
  private final int cqMask;
  private final int cqes;
  private final int cqFlags;
  private int tail;
  private int submitted;
  private int head;

  private IoUring(Fd fd, ByteBuffer params) {
    this.fd = fd;
    capacity = params.getInt(PARAMS_SQ_ENTRIES);
    int sq = PARAMS_SQ_OFFSETS;
    int cq = PARAMS_CQ_OFFSETS;
    int array = params.getInt(sq + OFFSET_SQ_ARRAY);
    cqes = params.getInt(cq + OFFSET_CQ_ENTRIES);
    long size =
        Math.max(array + 4L * capacity, cqes + (long) CQE_SIZE * params.getInt(PARAMS_CQ_ENTRIES));
    rings = Mapping.shared(fd, size, OFFSET_OF_RINGS);
    try {
      entries = Mapping.shared(fd, (long) SQE_SIZE * capacity, OFFSET_OF_ENTRIES);
    } catch (RuntimeException e) {
      rings.close();
      throw e;
    }
    ring = rings.view(0, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    sqes = entries.view(0, SQE_SIZE * capacity).order(ByteOrder.LITTLE_ENDIAN);
    sqHead = params.getInt(sq + OFFSET_HEAD);
    sqTail = params.getInt(sq + OFFSET_TAIL);
    sqMask = ring.getInt(params.getInt(sq + OFFSET_MASK));
    cqHead = params.getInt(cq + OFFSET_HEAD);
    cqTail = params.getInt(cq + OFFSET_TAIL);
    cqMask = ring.getInt(params.getInt(cq + OFFSET_MASK));
    cqFlags = params.getInt(cq + OFFSET_CQ_FLAGS);
    for (int i = 0; i < capacity; i++) {
      // Entry i always sits in slot i.
      ring.putInt(array + 4 * i, i);
    }
  }

  /**
   * Makes rings.
   *
   * @param operations how many may be under way at once; rounded up to a power of two
   * @param name what for, for messages
   * @throws NativeException ENOSYS if the kernel has no io_uring or one that is too old, EPERM if
   *     it may not be used (sysctl kernel.io_uring_disabled, or a seccomp filter), ENOMEM
   */
  public static IoUring create(int operations, String name) {
    NativeBuffer params = NativeBuffer.ofSize(PARAMS_SIZE);
    params.bytes().putInt(PARAMS_FLAGS, SETUP_CLAMP);
    long result = params.during(at -> Sys.call(Syscall.IO_URING_SETUP, operations, at, 0));
    Fd fd = new Fd((int) Sys.check(result, "io_uring_setup", name), name);
    try {
      if ((params.bytes().getInt(PARAMS_FEATURES) & NEEDED) != NEEDED) {
        throw new NativeException("io_uring_setup", Errno.ENOSYS, "needs Linux 5.11 or newer");
      }
      return new IoUring(fd, params.bytes());
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  /** How many operations may be under way at once. */
  public int capacity() {
    return capacity;
  }

  /**
   * Has the kernel signal an event descriptor at each completion, while {@link #notifications} are
   * on.
   */
  public void signalTo(int eventDescriptor) {
    NativeBuffer number = NativeBuffer.ofSize(8);
    number.bytes().putInt(0, eventDescriptor);
    long result =
        number.during(
            at ->
                Sys.access()
                    .call6(Syscall.IO_URING_REGISTER, fd.number(), REGISTER_EVENTFD, at, 1, 0, 0));
    Sys.check(result, "io_uring_register(IORING_REGISTER_EVENTFD)", fd.name());
  }

  /**
   * Turns signals on or off.
   *
   * @return whether there are results, for which no signal may come
   */
  public boolean notifications(boolean wanted) {
    INT.setRelease(ring, cqFlags, wanted ? 0 : CQ_EVENTFD_DISABLED);
    VarHandle.fullFence();
    return hasResult();
  }

  /**
   * Adds an operation; {@link #submit} hands it to the kernel. The caller sees to it that no more
   * than {@link #capacity} are under way.
   *
   * @param address of the memory, or of the array of {@code struct iovec}; for OP_FALLOCATE the
   *     length of the range
   * @param length bytes of the memory or entries of the array; for OP_FALLOCATE the mode
   * @param flags those of the operation
   * @param token comes back with the result
   */
  public void add(
      int operation, int file, long offset, long address, int length, int flags, long token) {
    if (tail - (int) INT.getAcquire(ring, sqHead) >= capacity) {
      throw new IllegalStateException("more than " + capacity + " operations");
    }
    int at = (tail & sqMask) * SQE_SIZE;
    sqes.putLong(at, operation & 0xffL | (long) file << 32);
    sqes.putLong(at + 8, offset);
    sqes.putLong(at + 16, address);
    sqes.putInt(at + 24, length);
    sqes.putInt(at + 28, flags);
    sqes.putLong(at + 32, token);
    sqes.putLong(at + 40, 0);
    sqes.putLong(at + 48, 0);
    sqes.putLong(at + 56, 0);
    tail++;
  }

  /**
   * Hands what was added to the kernel.
   *
   * @return 0, or the negated errno if some is left that the kernel cannot take now
   */
  public int submit() {
    INT.setRelease(ring, sqTail, tail);
    while (submitted != tail) {
      long result =
          Sys.access().call6(Syscall.IO_URING_ENTER, fd.number(), tail - submitted, 0, 0, 0, 0);
      if (result == -Errno.EINTR) {
        continue;
      }
      if (result <= 0) {
        return result == 0 ? -Errno.EAGAIN : (int) result;
      }
      submitted += (int) result;
    }
    return 0;
  }

  /** Waits for a result, not longer than that. */
  public void await(long nanos) {
    wait.bytes().putLong(16, wait.address() + WAIT_TIME);
    wait.bytes().putLong(WAIT_TIME, nanos / 1_000_000_000L);
    wait.bytes().putLong(WAIT_TIME + 8, nanos % 1_000_000_000L);
    // An interruption is as good as the time being up: callers look, and wait again.
    wait.during(
        at ->
            Sys.access()
                .call6(
                    Syscall.IO_URING_ENTER,
                    fd.number(),
                    0,
                    1,
                    ENTER_GETEVENTS | ENTER_EXT_ARG,
                    at,
                    WAIT_TIME));
  }

  /** Whether there is a result. */
  public boolean hasResult() {
    return (int) INT.getAcquire(ring, cqTail) != head;
  }

  /** The token of the next result. */
  public long token() {
    return ring.getLong(cqes + (head & cqMask) * CQE_SIZE);
  }

  /** What the next result is: what the call would have returned, or the negated errno. */
  public int result() {
    return ring.getInt(cqes + (head & cqMask) * CQE_SIZE + 8);
  }

  /** Goes on to the result after that. */
  public void next() {
    head++;
    INT.setRelease(ring, cqHead, head);
  }

  /** Gives the rings back; nothing is under way any more. Later calls do nothing. */
  @Override
  public void close() {
    fd.close();
    entries.close();
    rings.close();
  }
}
