package dev.javisor.internal.sys;

/**
 * A counter in the kernel on which a thread can wait and which KVM can raise (ioeventfd) or listen
 * to (irqfd).
 *
 * <p>Source: eventfd(2). Threading: any thread.
 */
public final class EventFd extends Fd {
  private static final int EFD_CLOEXEC = 0x80000;
  private static final int EFD_NONBLOCK = 0x800;

  private final NativeBuffer one = NativeBuffer.ofSize(8);
  private final NativeBuffer count = NativeBuffer.ofSize(8);

  /**
   * @param name what it signals, for messages
   * @param blocking whether {@link #await()} waits; KVM is indifferent
   * @throws NativeException if the process has no descriptors left
   */
  public EventFd(String name, boolean blocking) {
    super(
        (int)
            Sys.check(
                Sys.call(Syscall.EVENTFD2, 0, EFD_CLOEXEC | (blocking ? 0 : EFD_NONBLOCK), 0),
                "eventfd2",
                name),
        name);
    one.bytes().putLong(0, 1);
  }

  /**
   * Adds one to the counter. Does nothing once closed; excludes {@link #close}, after which the
   * kernel gives the number to whatever file is opened next.
   */
  public synchronized void signal() {
    long result = Sys.call(Syscall.WRITE, number(), one.address(), 8);
    // EAGAIN: the counter is full, so whoever waits is awake already.
    if (result < 0 && result != -Errno.EAGAIN && result != -Errno.EBADF) {
      throw new NativeException("write", (int) -result, name());
    }
  }

  /**
   * Takes the counter and sets it to zero; waits for a signal if it is zero and this descriptor
   * blocks. One thread at a time. Allocates nothing.
   *
   * @return the number of signals since the last call; 0 if it does not block and there were none
   */
  public long await() {
    while (true) {
      long result = Sys.call(Syscall.READ, number(), count.address(), 8);
      if (result == -Errno.EINTR) {
        continue;
      }
      if (result == -Errno.EAGAIN) {
        return 0;
      }
      Sys.check(result, "read", name());
      return count.bytes().getLong(0);
    }
  }

  @Override
  public synchronized void close() {
    super.close();
  }
}
