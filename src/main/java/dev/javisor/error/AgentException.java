package dev.javisor.error;

import org.jspecify.annotations.Nullable;

/**
 * The guest's agent cannot be reached, or was lost while it did something. The message says what to
 * do.
 *
 * <pre>{@code
 * try {
 *   vm.agent().exec("sync");
 * } catch (AgentException e) {
 *   if (e.reason() != AgentException.Reason.LOST) {
 *     throw e; // a guest that powered itself off is what this program wants
 *   }
 * }
 * }</pre>
 */
public final class AgentException extends JavisorException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** No agent has said that it is there, within the time that the call had. */
    NOT_PRESENT,

    /** The guest ended, rebooted or hangs, or its agent was killed, while a call was under way. */
    LOST,

    /** The guest's agent speaks another version of the protocol. */
    VERSION,

    /** As many calls as a machine may have were under way, for all the time that the call had. */
    BUSY,

    /** The agent said what no agent says: it is broken, or not Javisor's. */
    PROTOCOL,

    /** The caller has closed what this call was about. */
    CLOSED
  }

  private final Reason reason;

  /**
   * @param reason why
   * @param message what went wrong and what to do, in a sentence
   * @param cause what brought it about, or null
   */
  public AgentException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
