package dev.javisor.internal.sys;

/**
 * Waits for many descriptors at once. Each is reported once when it becomes readable (edge
 * triggered), so that nobody has to read an eventfd to silence it.
 *
 * <p>Source: epoll(7). Threading: {@link #await} and {@link #token} by one thread; the rest by any.
 */
public final class Epoll extends Fd {
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EPOLLIN = 1;
  private static final int EPOLLET = 1 << 31;

  /** struct epoll_event is packed on x86-64: events, then data. */
  private static final int EVENT_SIZE = 12;

  private static final int EVENT_DATA = 4;
  private static final int MOST_EVENTS = 64;

  private final NativeBuffer events = NativeBuffer.ofSize(MOST_EVENTS * EVENT_SIZE);

  /**
   * @param name what it is for, for messages
   * @throws NativeException if the process has no descriptors left
   */
  public Epoll(String name) {
    super(
        (int)
            Sys.check(Sys.call(Syscall.EPOLL_CREATE1, EPOLL_CLOEXEC, 0, 0), "epoll_create1", name),
        name);
  }

  /**
   * Waits for this descriptor too.
   *
   * @param token by which {@link #token} names it
   * @throws NativeException if the user waits for too many (fs.epoll.max_user_watches)
   */
  public void add(Fd fd, long token) {
    add(fd.number(), fd.name(), token);
  }

  /**
   * As {@link #add(Fd, long)}, by its number.
   *
   * @param name what it is, for messages
   */
  public void add(int number, String name, long token) {
    NativeBuffer event = NativeBuffer.ofSize(EVENT_SIZE);
    event.bytes().putInt(0, EPOLLIN | EPOLLET).putLong(EVENT_DATA, token);
    Sys.check(control(EPOLL_CTL_ADD, number, event), "epoll_ctl(EPOLL_CTL_ADD)", name);
  }

  /** Waits for this descriptor no longer; what was reported already stays so. */
  public void remove(Fd fd) {
    remove(fd.number());
  }

  /** As {@link #remove(Fd)}, by its number. */
  public void remove(int number) {
    control(EPOLL_CTL_DEL, number, NativeBuffer.ofSize(EVENT_SIZE));
  }

  /**
   * Waits until a descriptor can be read. Allocates nothing.
   *
   * @return how many can, 1 to 64
   */
  public int await() {
    while (true) {
      long result =
          Sys.access().call6(Syscall.EPOLL_WAIT, number(), events.address(), MOST_EVENTS, -1, 0, 0);
      if (result != -Errno.EINTR) {
        return (int) Sys.check(result, "epoll_wait", name());
      }
    }
  }

  /** The token of one of those that {@link #await} found. */
  public long token(int index) {
    return events.bytes().getLong(index * EVENT_SIZE + EVENT_DATA);
  }

  private long control(int operation, int fd, NativeBuffer event) {
    return event.during(
        at -> Sys.access().call6(Syscall.EPOLL_CTL, number(), operation, fd, at, 0, 0));
  }
}
