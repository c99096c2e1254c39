package dev.javisor.internal.net.tcp;

/** Why a connection has ended. */
public enum TcpCloseReason {
  /** Both sides have closed it in order. */
  DONE,
  /** The guest has reset it. */
  RESET,
  /** The guest has answered an attempt to connect by a reset. */
  REFUSED,
  /** The guest does not answer. */
  TIMED_OUT,
  /** It was reset from this side. */
  ABORTED
}
