package dev.javisor.internal.net.tcp;

/** There are as many connections as the configuration allows. */
public final class TcpLimitException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  TcpLimitException(int limit) {
    super("the guest's network has %d TCP connections, the most there may be".formatted(limit));
  }
}
