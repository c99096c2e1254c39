package dev.javisor.error;

import java.io.IOException;

/**
 * A TCP connection to a guest could not be made, or has ended otherwise than by a close.
 *
 * <pre>{@code
 * try (NetChannel channel = vm.connect(80)) {
 *   logger.info("connected to {}", channel.guestAddress());
 * } catch (NetworkException e) {
 *   if (e.reason() != NetworkException.Reason.REFUSED) {
 *     throw e;
 *   }
 *   logger.info("nobody listens there yet");
 * }
 * }</pre>
 */
public final class NetworkException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Nobody in the guest listens on the port. */
    REFUSED,

    /** The guest did not answer in time. */
    TIMED_OUT,

    /** The guest has no address yet: its DHCP client has not asked for one. */
    NO_ADDRESS,

    /** The guest has reset the connection, or ended it while there was more to write. */
    RESET,

    /** The machine does not run: it has not been booted, or it has ended. */
    NOT_RUNNING,

    /** The network has as many connections as it may have. */
    TOO_MANY
  }

  /** Why. */
  private final Reason reason;

  /**
   * @param reason why
   * @param message what went wrong, in a sentence
   */
  public NetworkException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
