package dev.javisor.internal.net.tcp;

/** The timeout of retransmission: RFC 6298. Times in nanoseconds. */
final class RoundTrip {
  private static final long NONE = -1;
  private static final long AFTER_SYN_WAS_LOST = 3_000_000_000L;

  private static final long LEAST_TAIL = 10_000_000L;

  private final long least;
  private final long most;
  private long smoothed = NONE;
  private long variation;
  private long timeout;

  RoundTrip(long first, long least, long most) {
    this.least = least;
    this.most = most;
    timeout = first;
  }

  long timeout() {
    return timeout;
  }

  /** When the end of what was sent is asked after (RFC 8985 §7.2), or the largest long. */
  long tailTimeout() {
    return smoothed == NONE ? Long.MAX_VALUE : Math.max(LEAST_TAIL, 2 * smoothed);
  }

  /** A segment that was sent once was acknowledged (RFC 6298 §2.2, §2.3). */
  void sample(long time) {
    if (smoothed == NONE) {
      smoothed = time;
      variation = time / 2;
    } else {
      variation += (Math.abs(smoothed - time) - variation) / 4;
      smoothed += (time - smoothed) / 8;
    }
    progress();
  }

  /**
   * New bytes were acknowledged, perhaps of segments that were sent twice: the guest is back, so
   * the pauses that grew while it was silent are over. RFC 6298 §5 waits for a new measurement,
   * which on a bad wire does not come for minutes.
   */
  void progress() {
    if (smoothed != NONE) {
      timeout = Math.min(most, Math.max(least, smoothed + 4 * variation));
    }
  }

  /** The timer has expired (RFC 6298 §5.5). */
  void backOff() {
    timeout = Math.min(most, timeout * 2);
  }

  /** The handshake is over, and its segment was sent more than once (RFC 6298 §5.7). */
  void synWasLost() {
    if (smoothed == NONE) {
      timeout = Math.min(most, AFTER_SYN_WAS_LOST);
    }
  }
}
