package dev.javisor.internal.net;

/** A network that cannot be had, and what can be done about it. */
public final class NetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final String value;

  /**
   * @param key which setting of the device it is about, such as {@code tap}
   * @param value what it is set to
   * @param hint what is wrong, and what helps
   */
  public NetException(String key, String value, String hint) {
    super(hint);
    this.key = key;
    this.value = value;
  }

  /** Which setting it is about. */
  public String key() {
    return key;
  }

  /** What it is set to. */
  public String value() {
    return value;
  }

  /** What is wrong, and what helps. */
  public String hint() {
    return String.valueOf(getMessage());
  }
}
