package dev.javisor.internal.net.tcp;

/** The states of RFC 9293 §3.3.2, and one in front of them. */
enum TcpState {
  /** A SYN came, and nobody has decided about it yet. */
  PENDING,
  SYN_SENT,
  SYN_RECEIVED,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  CLOSE_WAIT,
  CLOSING,
  LAST_ACK,
  TIME_WAIT,
  CLOSED;

  /** Whether the guest may still send data. */
  boolean receives() {
    return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
  }

  /** Whether data or the end of it may be on its way to the guest. */
  boolean sends() {
    return switch (this) {
      case ESTABLISHED, FIN_WAIT_1, CLOSE_WAIT, CLOSING, LAST_ACK -> true;
      default -> false;
    };
  }

  /** Whether the handshake is not over. */
  boolean opening() {
    return this == PENDING || this == SYN_SENT || this == SYN_RECEIVED;
  }
}
