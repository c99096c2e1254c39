package dev.javisor.internal.net.tcp;

import org.jspecify.annotations.Nullable;

/** What a connection has to tell, until somebody is told. */
final class ConnectionEvents {
  static final int ARRIVED = 1;
  static final int CONNECTED = 2;
  static final int READABLE = 4;
  static final int REMOTE_CLOSED = 8;
  static final int WRITABLE = 16;

  private @Nullable TcpHandler handler;
  private @Nullable TcpCloseReason reason;
  private int raised;
  private boolean announced;
  private boolean decided;
  private boolean closeOnly;
  private boolean told;

  void handler(TcpHandler owner) {
    handler = owner;
    decided = true;
  }

  /** The listener has refused: it hears no more. */
  void decided() {
    decided = true;
  }

  /** Nothing but the end is told from here on. */
  void closeOnly() {
    closeOnly = true;
    raised = 0;
  }

  void raise(int event) {
    if (!closeOnly) {
      raised |= event;
    }
  }

  /** It has ended; the first reason counts. */
  void end(TcpCloseReason why) {
    if (reason == null) {
      reason = why;
    }
  }

  /**
   * Tells all.
   *
   * @return whether the end was told just now, to whoever there was
   */
  boolean tell(TcpConnection connection, TcpListener listener) {
    if (take(ARRIVED) && reason == null) {
      announced = true;
      listener.onSyn(connection);
    }
    TcpHandler owner = handler;
    if (owner != null) {
      tell(connection, owner);
    }
    TcpCloseReason why = reason;
    if (told || why == null || why == TcpCloseReason.DONE && connection.available() > 0) {
      return false;
    }
    told = true;
    if (owner != null) {
      owner.closed(why);
    } else if (announced && !decided) {
      listener.onAbandoned(connection);
    }
    return true;
  }

  private void tell(TcpConnection connection, TcpHandler owner) {
    if (take(CONNECTED)) {
      owner.connected();
    }
    if (take(READABLE) && connection.available() > 0) {
      owner.readable();
    }
    if (take(REMOTE_CLOSED)) {
      owner.remoteClosed();
    }
    if (take(WRITABLE) && connection.room() > 0) {
      owner.writable();
    }
  }

  /** Whether the end was told. */
  boolean ended() {
    return told;
  }

  private boolean take(int event) {
    boolean has = (raised & event) != 0 && (reason == null || reason == TcpCloseReason.DONE);
    raised &= ~event;
    return has;
  }
}
