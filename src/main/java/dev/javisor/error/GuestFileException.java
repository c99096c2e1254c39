package dev.javisor.error;

import org.jspecify.annotations.Nullable;

/**
 * A file of the guest or of the host could not be read or written, in a copy between them.
 *
 * <pre>{@code
 * try {
 *   vm.agent().readText("/etc/motd");
 * } catch (GuestFileException e) {
 *   boolean missing = e.errno().equals("ENOENT");
 * }
 * }</pre>
 */
public final class GuestFileException extends JavisorException {
  private static final long serialVersionUID = 1L;

  /** Whose file it is. */
  public enum Side {
    /** A file of this machine. */
    HOST,

    /** A file in the guest. */
    GUEST
  }

  private final Side side;
  private final String path;
  private final String errno;

  /**
   * @param side whose file it is
   * @param path which file; bytes that are no UTF-8 are shown as U+FFFD
   * @param errno the error by name, such as {@code ENOSPC}
   * @param hint what went wrong and what to do, in a sentence
   * @param cause what brought it about, or null
   */
  public GuestFileException(
      Side side, String path, String errno, String hint, @Nullable Throwable cause) {
    super(
        "%s file %s: %s: %s"
            .formatted(side == Side.HOST ? "the host's" : "the guest's", path, errno, hint),
        cause);
    this.side = side;
    this.path = path;
    this.errno = errno;
  }

  /** Whose file it is. */
  public Side side() {
    return side;
  }

  /** Which file; bytes of names that are no UTF-8 are shown as U+FFFD. */
  public String path() {
    return path;
  }

  /** The error by name, such as {@code ENOSPC}. */
  public String errno() {
    return errno;
  }
}
