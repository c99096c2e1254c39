package dev.javisor.error;

import java.io.IOException;

/**
 * A vsock connection could not be made, or has ended otherwise than by either side's close.
 *
 * <pre>{@code
 * try (VsockChannel channel = vm.vsock().connect(1024)) {
 *   channel.write(ByteBuffer.wrap(new byte[] {1}));
 * } catch (VsockException e) {
 *   if (e.reason() == VsockException.Reason.REFUSED) {
 *     logger.info("nobody listens there yet");
 *   }
 * }
 * }</pre>
 */
public final class VsockException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** Nobody in the guest listens on the port. */
    REFUSED,

    /** The guest did not answer in time. */
    TIMED_OUT,

    /** The guest has reset the connection, or closed it while there was more to write. */
    RESET,

    /** The guest broke the rules of the protocol, and the connection was reset. */
    BROKEN,

    /** The guest rebooted, its driver started anew, or its state was replaced. */
    GUEST_RESET,

    /** The machine does not run: it has not been booted, or it has ended. */
    NOT_RUNNING,

    /** The machine has as many connections as it may have. */
    TOO_MANY
  }

  /** Why. */
  private final Reason reason;

  /**
   * @param reason why
   * @param message what went wrong, in a sentence
   */
  public VsockException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
