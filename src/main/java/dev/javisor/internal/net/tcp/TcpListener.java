package dev.javisor.internal.net.tcp;

import org.jspecify.annotations.Nullable;

/** Decides about connections that the guest opens. Called in {@link TcpStack#flush}. */
public interface TcpListener {
  /**
   * The guest wants a connection. It waits for {@link TcpConnection#accept}, {@link
   * TcpConnection#refuse} or {@link TcpConnection#ignore}, now or later; a repeated SYN does not
   * come here again.
   */
  void onSyn(TcpConnection connection);

  /**
   * The name of the guest whose connection one of these addresses is, which shares the stack's
   * memory with others; null for one that is alone.
   */
  default @Nullable String guest(TcpAddresses addresses) {
    return null;
  }

  /** The guest, or the time, has ended a connection about which nothing was decided yet. */
  default void onAbandoned(TcpConnection connection) {}
}
