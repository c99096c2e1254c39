package dev.javisor.internal.cli;

import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NativeBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The terminal on standard input, while a guest has it: keys go to the guest as they are typed,
 * Ctrl-C and Ctrl-Z among them, and nothing is echoed here. Output keeps its line ends, so that the
 * program's own lines stay readable.
 *
 * <p>Source: termios(3), ioctl_tty(2). Threading: any thread.
 */
final class RawTerminal implements AutoCloseable {
  private static final int STANDARD_INPUT = 0;
  private static final long TCGETS = 0x5401;
  private static final long TCSETSW = 0x5403;

  /** struct termios of the kernel: four words of flags, the line discipline, 19 characters. */
  private static final int SIZE = 36;

  private static final int INPUT_FLAGS = 0;
  private static final int CONTROL_FLAGS = 8;
  private static final int LOCAL_FLAGS = 12;
  private static final int CHARACTERS = 17;
  private static final int VTIME = 5;
  private static final int VMIN = 6;

  /** IGNBRK, BRKINT, PARMRK, ISTRIP, INLCR, IGNCR, ICRNL, IXON. */
  private static final int COOKED_INPUT = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400;

  /** ISIG, ICANON, ECHO, ECHONL, IEXTEN. */
  private static final int COOKED_LOCAL = 0x1 | 0x2 | 0x8 | 0x40 | 0x8000;

  /** CSIZE, of which all bits set are CS8; and PARENB. */
  private static final int EIGHT_BITS = 0x30;

  private static final int PARITY = 0x100;

  private static final long TIOCGWINSZ = 0x5413;

  /** struct winsize: rows, columns, and two more, of 2 bytes each. */
  private static final int WINSIZE = 8;

  /**
   * How large the window is that shows the terminal.
   *
   * @param columns in characters; 0 if unknown
   * @param rows likewise
   */
  record Size(int columns, int rows) {}

  private final Fd terminal;
  private final NativeBuffer before;
  private final NativeBuffer raw;

  private RawTerminal(Fd terminal, NativeBuffer before, NativeBuffer raw) {
    this.terminal = terminal;
    this.before = before;
    this.raw = raw;
  }

  /** Makes the terminal on standard input raw; empty if there is none. */
  static Optional<RawTerminal> open() {
    // Never closed: the descriptor belongs to the process.
    Fd input = new Fd(STANDARD_INPUT, "standard input");
    NativeBuffer before = NativeBuffer.ofSize(SIZE);
    long result = before.during(at -> input.tryIoctl(TCGETS, at));
    if (result < 0) {
      return Optional.empty();
    }
    NativeBuffer raw = raw(before.bytes());
    input.ioctl("TCSETSW", TCSETSW, raw);
    return Optional.of(new RawTerminal(input, before, raw));
  }

  private static NativeBuffer raw(ByteBuffer cooked) {
    NativeBuffer buffer = NativeBuffer.ofSize(SIZE);
    ByteBuffer bytes = buffer.bytes();
    bytes.put(0, cooked, 0, SIZE);
    bytes.putInt(INPUT_FLAGS, cooked.getInt(INPUT_FLAGS) & ~COOKED_INPUT);
    bytes.putInt(LOCAL_FLAGS, cooked.getInt(LOCAL_FLAGS) & ~COOKED_LOCAL);
    bytes.putInt(CONTROL_FLAGS, cooked.getInt(CONTROL_FLAGS) & ~PARITY | EIGHT_BITS);
    bytes.put(CHARACTERS + VTIME, (byte) 0);
    bytes.put(CHARACTERS + VMIN, (byte) 1);
    return buffer;
  }

  /** The window's size now; zeros if the terminal does not know. */
  Size size() {
    NativeBuffer size = NativeBuffer.ofSize(WINSIZE);
    size.during(at -> terminal.tryIoctl(TIOCGWINSZ, at));
    return new Size(size.bytes().getShort(2) & 0xffff, size.bytes().getShort(0) & 0xffff);
  }

  /**
   * Makes the terminal raw again if somebody else made it something else: a shell does, when the
   * program was stopped and is continued. A program in the background leaves it alone.
   */
  void keep() {
    NativeBuffer now = NativeBuffer.ofSize(SIZE);
    long result = now.during(at -> terminal.tryIoctl(TCGETS, at));
    if (result >= 0
        && now.bytes().getInt(LOCAL_FLAGS) != raw.bytes().getInt(LOCAL_FLAGS)
        && isForeground()) {
      raw.during(at -> terminal.tryIoctl(TCSETSW, at));
    }
  }

  /** Whether the terminal is this process group's: proc(5), /proc/pid/stat, pgrp and tpgid. */
  private static boolean isForeground() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return fields[2].equals(fields[5]);
    } catch (IOException e) {
      // A terminal left raw is worse than a program stopped for touching it.
      return true;
    }
  }

  /**
   * Gives the terminal back as it was; again changes nothing. A terminal that is gone is fine, and
   * so is one that is another program's by now.
   */
  @Override
  public void close() {
    if (isForeground()) {
      before.during(at -> terminal.tryIoctl(TCSETSW, at));
    }
  }
}
