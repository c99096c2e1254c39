package dev.javisor.internal.virtio;

/**
 * The driver breaks the rules in a way that leaves nothing to answer to: its rings or descriptors
 * make no sense. It never leaves the transport, which sets DEVICE_NEEDS_RESET (virtio 1.3 §2.1.2)
 * and logs the message once.
 */
public final class BrokenDriverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param rule which rule was broken and by what, for the log
   */
  public BrokenDriverException(String rule) {
    // No stack trace: a hostile guest must not be able to make the host spend time on filling one.
    super(rule, null, false, false);
  }
}
