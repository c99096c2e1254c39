package dev.javisor.internal.net.tcp;

/**
 * What happens to a connection. Called in {@link TcpStack#flush} only, so any method of any
 * connection may be called from here. An exception resets the connection.
 */
public interface TcpHandler {
  /** The guest has answered: the handshake is over. */
  default void connected() {}

  /** There are more bytes to read. */
  default void readable() {}

  /** There is room again, after a write that took less than it was given. */
  default void writable() {}

  /** The guest sends nothing more. Bytes may be left to read. */
  default void remoteClosed() {}

  /**
   * The last call. With {@link TcpCloseReason#DONE}, both sides have sent their last byte, the
   * guest has got all, and all that it sent was read.
   */
  void closed(TcpCloseReason reason);
}
