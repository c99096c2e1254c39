package dev.javisor.internal.sys;

/**
 * Descriptors that one thread waits for. Source: poll(2).
 *
 * <p>Threading: one thread at a time.
 */
public final class PollSet {
  /** There is something to read. */
  public static final int IN = 1;

  /** There is room to write. */
  public static final int OUT = 4;

  /** Something is wrong with the descriptor, or its other end is gone; always reported. */
  public static final int GONE = 8 | 0x10 | 0x20;

  private static final int ENTRY = 8;
  private static final int EVENTS = 4;
  private static final int REPORTED = 6;

  private final Fd[] fds;
  private final NativeBuffer entries;

  /** A set of these descriptors, which stay the caller's. */
  public PollSet(Fd... fds) {
    this.fds = fds.clone();
    entries = NativeBuffer.ofSize(ENTRY * fds.length);
  }

  /** Sets what is waited for; nothing to begin with. */
  public void want(int index, int events) {
    entries.bytes().putShort(ENTRY * index + EVENTS, (short) events);
  }

  /**
   * Waits until one of them is ready, or the time is over.
   *
   * @param millis -1 for no limit
   */
  public void await(int millis) {
    for (int i = 0; i < fds.length; i++) {
      entries.bytes().putInt(ENTRY * i, fds[i].number());
      entries.bytes().putShort(ENTRY * i + REPORTED, (short) 0);
    }
    long result = entries.during(at -> Sys.call(Syscall.POLL, at, fds.length, millis));
    if (result != -Errno.EINTR) {
      Sys.check(result, "poll", fds[0].name());
    }
  }

  /** Whether the last wait found one of these events. */
  public boolean has(int index, int events) {
    return (entries.bytes().getShort(ENTRY * index + REPORTED) & events) != 0;
  }
}
