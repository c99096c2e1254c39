package dev.javisor.internal.sys;

/**
 * A system call that failed. The message names the call, the errno and what it was about; public
 * packages wrap it with what the user can do.
 */
public final class NativeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /**
   * @param call the call as a reader knows it, such as {@code ioctl(KVM_CREATE_VM)}
   * @param errno the error number, positive
   * @param detail what it was called for, and with what; empty for nothing to add
   */
  public NativeException(String call, int errno, String detail) {
    super(
        "%s failed with %s (%d)%s"
            .formatted(call, Errno.name(errno), errno, detail.isEmpty() ? "" : ": " + detail));
    this.call = call;
    this.errno = errno;
  }

  /** The call that failed. */
  public String call() {
    return call;
  }

  /** The error number; see {@link Errno}. */
  public int errno() {
    return errno;
  }
}
