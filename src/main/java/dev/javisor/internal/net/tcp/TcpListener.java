package dev.javisor.internal.net.tcp;

/** Decides about connections that the guest opens. Called in {@link TcpStack#flush}. */
public interface TcpListener {
  /**
   * The guest wants a connection. It waits for {@link TcpConnection#accept}, {@link
   * TcpConnection#refuse} or {@link TcpConnection#ignore}, now or later; a repeated SYN does not
   * come here again.
   */
  void onSyn(TcpConnection connection);

  /** The guest, or the time, has ended a connection about which nothing was decided yet. */
  default void onAbandoned(TcpConnection connection) {}
}
