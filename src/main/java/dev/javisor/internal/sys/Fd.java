package dev.javisor.internal.sys;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file descriptor, close-on-exec, owned by this object.
 *
 * <p>Threading: any thread. The owner sees to it that nobody is inside a call when it closes the
 * descriptor; calls that start after {@link #close()} fail with EBADF.
 */
public class Fd implements AutoCloseable {
  private static final int AT_FDCWD = -100;
  private static final int O_CLOEXEC = 0x80000;
  private static final int MFD_CLOEXEC = 1;
  private static final int STAT_SIZE = 144;
  private static final int STAT_OFFSET_SIZE = 48;
  private static final int CLOSED = -1;

  /** Open for reading. */
  public static final int O_RDONLY = 0;

  /** Open for reading and writing. */
  public static final int O_RDWR = 2;

  /** Calls that would wait fail with EAGAIN instead. */
  public static final int O_NONBLOCK = 0x800;

  private final AtomicInteger number;
  private final String name;

  /**
   * Takes ownership of a descriptor.
   *
   * @param number the descriptor
   * @param name what it is, for messages
   */
  public Fd(int number, String name) {
    this.number = new AtomicInteger(number);
    this.name = name;
  }

  /**
   * Opens a file.
   *
   * @param flags {@link #O_RDONLY} or {@link #O_RDWR}, and {@link #O_NONBLOCK}; O_CLOEXEC is added
   * @throws NativeException with the path, if it cannot be opened
   */
  public static Fd open(Path path, int flags) {
    return new Fd(openNumber(path, flags), path.toString());
  }

  /** Opens a file for {@link #open} and its like; returns the descriptor. */
  static int openNumber(Path path, int flags) {
    NativeBuffer text = NativeBuffer.ofString(path.toString());
    long result =
        text.during(
            at -> Sys.access().call6(Syscall.OPENAT, AT_FDCWD, at, flags | O_CLOEXEC, 0, 0, 0));
    return (int) Sys.check(result, "open", path.toString());
  }

  /**
   * Makes anonymous memory that can be shared by its descriptor: see memfd_create(2).
   *
   * @param label shown in /proc
   * @param flags MFD_ flags beside MFD_CLOEXEC
   */
  public static Fd memfd(String label, int flags) {
    NativeBuffer text = NativeBuffer.ofString(label);
    long result = text.during(at -> Sys.call(Syscall.MEMFD_CREATE, at, flags | MFD_CLOEXEC, 0));
    return new Fd((int) Sys.check(result, "memfd_create", label), label);
  }

  /** The number, for the kernel's structures; -1 once closed. */
  public int number() {
    return number.get();
  }

  /** What it is, for messages. */
  public String name() {
    return name;
  }

  /**
   * Makes an ioctl call and throws when it fails.
   *
   * @param call the request's name, such as {@code KVM_CREATE_VM}
   * @return the result, 0 or more
   * @throws NativeException naming the request
   */
  public long ioctl(String call, long request, long argument) {
    long result = tryIoctl(request, argument);
    if (result < 0) {
      throw new NativeException("ioctl(" + call + ")", (int) -result, name);
    }
    return result;
  }

  /** As {@link #ioctl}, with a structure as its argument. */
  public long ioctl(String call, long request, NativeBuffer argument) {
    return argument.during(at -> ioctl(call, request, at));
  }

  /** Makes an ioctl call; returns its result, or the negated errno. Allocates nothing. */
  public long tryIoctl(long request, long argument) {
    return Sys.call(Syscall.IOCTL, number.get(), request, argument);
  }

  /**
   * Reads at an offset straight into host memory, until {@code length} bytes are there or the file
   * ends.
   *
   * @return the bytes read: fewer than {@code length} only at the end of the file
   * @throws NativeException if reading fails
   */
  public long readFully(long hva, long length, long offset) {
    long done = 0;
    while (done < length) {
      long result =
          Sys.access()
              .call6(Syscall.PREAD64, number.get(), hva + done, length - done, offset + done, 0, 0);
      if (result == -Errno.EINTR) {
        continue;
      }
      if (Sys.check(result, "pread", name) == 0) {
        break;
      }
      done += result;
    }
    return done;
  }

  /**
   * Reads what comes next straight into host memory: see read(2).
   *
   * @return the bytes read, 0 at the end, or the negated errno
   */
  public long tryRead(long hva, long length) {
    return Sys.call(Syscall.READ, number.get(), hva, length);
  }

  /**
   * Reads what comes next into several stretches of host memory: see readv(2). Allocates nothing.
   *
   * @param vector the host virtual address of the first {@code struct iovec}
   * @param count how many there are
   * @return the bytes read, 0 at the end, or the negated errno
   */
  public long tryReadVector(long vector, int count) {
    return Sys.call(Syscall.READV, number.get(), vector, count);
  }

  /**
   * Sets the file's size.
   *
   * @throws NativeException if the file cannot have it
   */
  public void truncate(long size) {
    Sys.check(Sys.call(Syscall.FTRUNCATE, number.get(), size, 0), "ftruncate", name);
  }

  /** The file's size in bytes. */
  public long size() {
    NativeBuffer stat = NativeBuffer.ofSize(STAT_SIZE);
    long result = stat.during(at -> Sys.call(Syscall.FSTAT, number.get(), at, 0));
    Sys.check(result, "fstat", name);
    return stat.bytes().getLong(STAT_OFFSET_SIZE);
  }

  /** Closes the descriptor; later calls do nothing. */
  @Override
  public void close() {
    int open = number.getAndSet(CLOSED);
    if (open != CLOSED) {
      // Linux frees the number whatever close returns, so there is nothing to try again.
      Sys.call(Syscall.CLOSE, open, 0, 0);
    }
  }

  @Override
  public String toString() {
    return "Fd[" + number.get() + ", " + name + "]";
  }
}
