package dev.javisor.internal.boot;

/**
 * A payload that cannot be booted. The message says what is wrong with the part, and what would be
 * right, without naming the file.
 */
public final class PayloadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final PayloadPart part;

  PayloadException(PayloadPart part, String message) {
    super(message);
    this.part = part;
  }

  static PayloadException kernel(String format, Object... values) {
    return new PayloadException(PayloadPart.KERNEL, format.formatted(values));
  }

  /** What is wrong. */
  public PayloadPart part() {
    return part;
  }
}
