package dev.javisor.error;

import org.jspecify.annotations.Nullable;

/**
 * This host cannot run virtual machines: /dev/kvm is missing or may not be opened, KVM is too old,
 * the operating system or CPU is another, or native code cannot be loaded.
 *
 * <pre>{@code
 * try {
 *   builder.build().boot();
 * } catch (HypervisorUnavailableException e) {
 *   System.err.println(e.reason() + "; " + e.fix());
 * }
 * }</pre>
 */
public final class HypervisorUnavailableException extends JavisorException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final String fix;

  /**
   * @param reason what is missing, in a sentence without full stop
   * @param fix what the user can do about it, in a sentence without full stop
   * @param cause what brought it about, or null
   */
  public HypervisorUnavailableException(String reason, String fix, @Nullable Throwable cause) {
    super(reason + "; " + fix, cause);
    this.reason = reason;
    this.fix = fix;
  }

  /** What is missing. */
  public String reason() {
    return reason;
  }

  /** What the user can do about it. */
  public String fix() {
    return fix;
  }
}
