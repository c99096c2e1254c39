package dev.javisor.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine could not be brought to its guest's first instruction. It is closed.
 *
 * <pre>{@code
 * try {
 *   builder.build().boot();
 * } catch (GuestBootException e) {
 *   System.err.println(e.stage() + " " + e.errno().orElse(""));
 * }
 * }</pre>
 */
public final class GuestBootException extends JavisorException {
  private static final long serialVersionUID = 1L;

  private final BootStage stage;
  private final @Nullable String errno;
  private final String consoleTail;

  /**
   * @param stage how far the boot got
   * @param message what went wrong and what to do, in a sentence
   * @param errno the host's error by name, such as {@code ENOMEM}, or null
   * @param consoleTail the last lines of the guest's console, or empty
   * @param cause what brought it about, or null
   */
  public GuestBootException(
      BootStage stage,
      String message,
      @Nullable String errno,
      String consoleTail,
      @Nullable Throwable cause) {
    super(
        "boot failed at %s: %s%s"
            .formatted(
                stage,
                message,
                consoleTail.isEmpty() ? "" : "\nlast console output:\n" + consoleTail),
        cause);
    this.stage = stage;
    this.errno = errno;
    this.consoleTail = consoleTail;
  }

  /** How far the boot got. */
  public BootStage stage() {
    return stage;
  }

  /** The host's error by name, such as {@code ENOMEM}, where a system call failed. */
  public Optional<String> errno() {
    return Optional.ofNullable(errno);
  }

  /** The last lines of the guest's console; empty if it wrote none. */
  public String consoleTail() {
    return consoleTail;
  }
}
