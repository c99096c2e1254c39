package dev.javisor.internal.net.tcp;

/**
 * How much may be on its way: slow start, congestion avoidance and what loss does to them (RFC
 * 5681, RFC 6582). In bytes. What acknowledgments of slow start cover counts in full, without the
 * limit of RFC 3465: the guest acknowledges large segments as one, and the wire to it is memory.
 */
final class Congestion {
  private static final int FIRST_SEGMENTS = 10;
  private static final int FIRST_BYTES = 14600;

  private final long limit;
  private int mss = 1;
  private long first;
  private long window;
  private long threshold = Long.MAX_VALUE;
  private long counted;

  /**
   * @param limit that the window never needs to exceed: the send buffer's size
   */
  Congestion(long limit) {
    this.limit = limit;
  }

  /** The handshake is over (RFC 6928). */
  void begin(int size) {
    mss = size;
    first = Math.min((long) FIRST_SEGMENTS * mss, Math.max(2L * mss, FIRST_BYTES));
    window = first;
  }

  long window() {
    return window;
  }

  long threshold() {
    return threshold;
  }

  /** New bytes were acknowledged, and nothing is missing. */
  void acknowledged(long bytes) {
    if (window < threshold) {
      window = Math.min(window + bytes, Math.max(window, threshold));
    } else {
      counted += bytes;
      if (counted >= window) {
        counted -= window;
        window += mss;
      }
    }
    window = Math.min(window, limit + mss);
  }

  /**
   * Bytes were lost (RFC 5681 §3.2).
   *
   * @param inFlight bytes that were not acknowledged
   */
  void lost(long inFlight) {
    threshold = Math.max(inFlight / 2, 2L * mss);
    window = threshold;
    counted = 0;
  }

  /** For each segment that has left the network, another may enter it (RFC 5681 §3.2). */
  void inflate(long bytes) {
    window += bytes;
  }

  /** Some of what was missing was acknowledged (RFC 6582 §3.2). */
  void deflate(long bytes) {
    window = Math.max(mss, window - bytes);
    if (bytes >= mss) {
      window += mss;
    }
  }

  /** All that was missing was acknowledged (RFC 6582 §3.2, the way without a burst). */
  void recovered(long inFlight) {
    window = Math.min(threshold, Math.max(inFlight, mss) + mss);
  }

  /** The same where the flight was known at all times (RFC 6675 §5). */
  void recovered() {
    window = threshold;
  }

  /**
   * The timer has expired (RFC 5681 §3.1).
   *
   * @param inFlight bytes that were not acknowledged, or 0 if it has expired for them before
   */
  void timedOut(long inFlight) {
    if (inFlight > 0) {
      threshold = Math.max(inFlight / 2, 2L * mss);
    }
    window = mss;
    counted = 0;
  }

  /** Nothing was sent for a timeout (RFC 5681 §4.1). */
  void idle() {
    window = Math.min(window, first);
  }
}
