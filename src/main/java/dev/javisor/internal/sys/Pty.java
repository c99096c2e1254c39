package dev.javisor.internal.sys;

import java.nio.file.Path;

/**
 * A pseudoterminal in raw mode, seen from its master's side. Its slave is held open here too: so
 * clients may come and go without the master seeing an end, and the mode stays.
 *
 * <p>Source: pty(7), ioctl_tty(2), termios(3) {@code cfmakeraw}; asm-generic/termbits.h. Threading:
 * one thread at a time; {@link #path} and {@link #master} any.
 */
public final class Pty implements AutoCloseable {
  /** What {@link #read} and {@link #write} return when the slave was hung up. */
  public static final int HUNG_UP = -1;

  private static final int O_NOCTTY = 0x100;
  private static final int O_NONBLOCK = 0x800;
  private static final long TIOCSPTLCK = 0x4004_5431L;
  private static final long TIOCGPTN = 0x8004_5430L;
  private static final long TCGETS = 0x5401;
  private static final long TCSETS = 0x5402;
  private static final long FIONREAD = 0x541B;
  private static final int TERMIOS_SIZE = 64;
  private static final int INPUT_FLAGS = 0;
  private static final int OUTPUT_FLAGS = 4;
  private static final int CONTROL_FLAGS = 8;
  private static final int LOCAL_FLAGS = 12;
  private static final int TIME = 17 + 5;
  private static final int MINIMUM = 17 + 6;
  private static final int COOKED_INPUT = 0x5eb;
  private static final int POST_PROCESS = 1;
  private static final int SIZE_AND_PARITY = 0x130;
  private static final int EIGHT_BITS = 0x30;
  private static final int COOKED_LOCAL = 0x804b;
  private static final int PIECE = 4096;

  private final Fd master;
  private final Path path;
  private final NativeBuffer piece = NativeBuffer.ofSize(PIECE);
  private Fd slave;

  private Pty(Fd master, Path path) {
    this.master = master;
    this.path = path;
    slave = openSlave(path);
  }

  /**
   * Makes one.
   *
   * @throws NativeException if the host has none left, or no /dev/pts
   */
  public static Pty open() {
    Fd master = Fd.open(Path.of("/dev/ptmx"), Fd.O_RDWR | O_NOCTTY | O_NONBLOCK);
    try {
      NativeBuffer number = NativeBuffer.ofSize(Integer.BYTES);
      master.ioctl("TIOCSPTLCK", TIOCSPTLCK, number);
      master.ioctl("TIOCGPTN", TIOCGPTN, number);
      return new Pty(master, Path.of("/dev/pts/" + number.bytes().getInt(0)));
    } catch (RuntimeException e) {
      master.close();
      throw e;
    }
  }

  private static Fd openSlave(Path path) {
    Fd slave = Fd.open(path, Fd.O_RDWR | O_NOCTTY);
    try {
      makeRaw(slave);
      return slave;
    } catch (RuntimeException e) {
      slave.close();
      throw e;
    }
  }

  private static void makeRaw(Fd slave) {
    NativeBuffer mode = NativeBuffer.ofSize(TERMIOS_SIZE);
    slave.ioctl("TCGETS", TCGETS, mode);
    clear(mode, INPUT_FLAGS, COOKED_INPUT);
    clear(mode, OUTPUT_FLAGS, POST_PROCESS);
    clear(mode, LOCAL_FLAGS, COOKED_LOCAL);
    clear(mode, CONTROL_FLAGS, SIZE_AND_PARITY);
    mode.bytes().putInt(CONTROL_FLAGS, mode.bytes().getInt(CONTROL_FLAGS) | EIGHT_BITS);
    mode.bytes().put(TIME, (byte) 0).put(MINIMUM, (byte) 1);
    slave.ioctl("TCSETS", TCSETS, mode);
  }

  private static void clear(NativeBuffer mode, int offset, int bits) {
    mode.bytes().putInt(offset, mode.bytes().getInt(offset) & ~bits);
  }

  /** Where clients find it. */
  public Path path() {
    return path;
  }

  /** What to wait on. */
  public Fd master() {
    return master;
  }

  /**
   * Takes what clients wrote, at most 4 KiB.
   *
   * @return how many bytes; 0 if there are none; {@link #HUNG_UP}
   */
  public int read(byte[] target) {
    int length = Math.min(target.length, PIECE);
    int count = result("read", Syscall.READ, length);
    if (count > 0) {
      piece.bytes().get(0, target, 0, count);
    }
    return count;
  }

  /**
   * Writes to clients, at most 4 KiB.
   *
   * @return how many bytes; 0 if there is no room; {@link #HUNG_UP}
   */
  public int write(byte[] bytes, int offset, int length) {
    int most = Math.min(length, PIECE);
    piece.bytes().put(0, bytes, offset, most);
    return result("write", Syscall.WRITE, most);
  }

  /** How many bytes wait for clients to read them; 0 as well if the slave was hung up. */
  public int unread() {
    NativeBuffer count = NativeBuffer.ofSize(Integer.BYTES);
    long result = count.during(at -> slave.tryIoctl(FIONREAD, at));
    return result < 0 ? 0 : count.bytes().getInt(0);
  }

  private int result(String name, long call, int length) {
    long result = piece.during(at -> Sys.call(call, master.number(), at, length));
    if (result == -Errno.EAGAIN || result == -Errno.EINTR) {
      return 0;
    }
    return result == -Errno.EIO ? HUNG_UP : (int) Sys.check(result, name, path.toString());
  }

  /**
   * Opens the slave anew after it was hung up, as happens when a client ends whose controlling
   * terminal it was.
   *
   * @throws NativeException if it is gone for good
   */
  public void reopen() {
    Fd old = slave;
    slave = openSlave(path);
    old.close();
  }

  @Override
  public void close() {
    slave.close();
    master.close();
  }
}
