package dev.javisor.error;

import org.jspecify.annotations.Nullable;

/**
 * A guest kernel, its modules, or a tool for the guest cannot be had: there is neither a network
 * nor a cached copy, this system has no package manager to take it from, a package failed its
 * verification, or a file is not what it should be.
 *
 * <pre>{@code
 * GuestKernel kernel;
 * try {
 *   kernel = GuestKernel.debian();
 * } catch (GuestKernelUnavailableException e) {
 *   System.err.println(e.reason() + "; " + e.fix());
 *   kernel = GuestKernel.host();
 * }
 * }</pre>
 */
public final class GuestKernelUnavailableException extends JavisorException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final String fix;

  /**
   * @param reason what cannot be had and why, in a sentence without full stop
   * @param fix what the user can do or pass, in a sentence without full stop
   * @param cause what brought it about, or null
   */
  public GuestKernelUnavailableException(String reason, String fix, @Nullable Throwable cause) {
    super(reason + "; " + fix, cause);
    this.reason = reason;
    this.fix = fix;
  }

  /** What cannot be had, and why. */
  public String reason() {
    return reason;
  }

  /** What the user can do about it, or pass instead. */
  public String fix() {
    return fix;
  }
}
