package dev.javisor.internal.net.tcp;

/**
 * What goes to the guest: sequence numbers, the guest's window, the timer of retransmission.
 * Offsets count from our initial sequence number as longs, so that they never wrap: 0 is the SYN, 1
 * the first byte, and behind the last byte comes the FIN.
 *
 * <p>Names of variables are those of RFC 9293 §3.3.1.
 */
final class Sender {
  static final long NEVER = Long.MAX_VALUE;
  private static final long NONE = -1;
  private static final int LEAST_MSS = 88;
  private static final int DEFAULT_MSS = 536;
  private static final int DEFAULT_MSS_IPV6 = 1220;

  private final ChunkBuffer buffer;
  private final int capacity;
  private final int initial;
  private final RoundTrip roundTrip;
  private final Congestion congestion;
  private final LossRecovery recovery;
  private final GuestWindow window = new GuestWindow();
  private final Piece piece = new Piece();

  private long una;
  private long next;
  private long max;
  private int mss = DEFAULT_MSS;
  private boolean finWanted;
  private boolean synRepeated;

  private long timedEnd = NONE;
  private long timedAt;
  private long lastSent;
  private long stuckSince;
  private long timeout = NEVER;
  private boolean probing;
  private long probingSince;
  private boolean forced;
  private boolean probeDue;
  private boolean timedOutBefore;

  /** The timer asks after the end of what was sent (RFC 8985 §7), not for all of it again. */
  private boolean tail;

  private boolean tailDue;
  private boolean tailSent;

  Sender(TcpConfig config, Nanos nanos, ChunkPool pool, int initial, long now) {
    this.initial = initial;
    capacity = config.sendBytes();
    buffer = new ChunkBuffer(pool, capacity, 1);
    roundTrip = new RoundTrip(nanos.firstTimeout(), nanos.minTimeout(), nanos.maxTimeout());
    congestion = new Congestion(capacity);
    recovery = new LossRecovery(congestion);
    stuckSince = now;
  }

  /** What the guest's SYN says. */
  void options(SegmentHeader header, boolean ipv6, int ours, int scale) {
    int said = header.mss() > 0 ? header.mss() : ipv6 ? DEFAULT_MSS_IPV6 : DEFAULT_MSS;
    // Less would let a guest make us send more headers than data.
    mss = Math.min(ours, Math.max(said, LEAST_MSS));
    window.scale(scale);
    congestion.begin(mss);
    recovery.begin(mss, header.sackPermitted());
  }

  ChunkBuffer buffer() {
    return buffer;
  }

  LossRecovery recovery() {
    return recovery;
  }

  int mss() {
    return mss;
  }

  long una() {
    return una;
  }

  long next() {
    return next;
  }

  long max() {
    return max;
  }

  GuestWindow window() {
    return window;
  }

  /** Bytes that may be written. */
  int room() {
    return finWanted ? 0 : capacity - buffer.held();
  }

  /** Nothing is written any more; the FIN follows what was. */
  void finish() {
    finWanted = true;
  }

  boolean finWanted() {
    return finWanted;
  }

  boolean finAcknowledged() {
    return finWanted && una > buffer.end();
  }

  /** The offset of a sequence number near those that are in use. */
  long offset(int number) {
    return una + (number - number(una));
  }

  /** The sequence number of an offset. */
  int number(long offset) {
    return initial + (int) offset;
  }

  /** The sequence number of a segment without data: after all that the guest may have. */
  int nextNumber() {
    return number(Math.max(next, Math.min(max, una + window.size())));
  }

  /** The SYN must be sent (again). */
  boolean synDue() {
    return next == 0;
  }

  /** The SYN is to be sent once more. */
  void repeatSyn() {
    next = 0;
  }

  void synSent(long now) {
    next = 1;
    if (max == 0) {
      max = 1;
      timedEnd = 1;
      timedAt = now;
      stuckSince = now;
    } else {
      max = 1;
      timedEnd = NONE;
    }
    if (timeout == NEVER) {
      timeout = now + roundTrip.timeout();
    }
  }

  /** The guest has acknowledged what lies before an offset, which is more than una. */
  void acknowledged(long ack, long now) {
    long acked = ack - una;
    if (timedEnd != NONE && ack >= timedEnd) {
      roundTrip.sample(now - timedAt);
      timedEnd = NONE;
    }
    if (una == 0 && synRepeated) {
      roundTrip.synWasLost();
    }
    roundTrip.progress();
    boolean opening = una == 0;
    una = ack;
    next = Math.max(next, ack);
    buffer.discardTo(Math.max(buffer.start(), Math.min(ack, buffer.end())));
    buffer.trim(true);
    if (!opening) {
      recovery.advanced(acked, una, next);
    }
    stuckSince = now;
    timedOutBefore = false;
    probing = false;
    tailSent = false;
    tailDue = false;
    arm(now, next > una ? now + roundTrip.timeout() : NEVER);
  }

  /** Sets the timer: earlier, if the guest would have answered by then (RFC 8985 §7.2). */
  private void arm(long now, long time) {
    timeout = time;
    tail = false;
    // A guest may wait before it acknowledges a single segment.
    boolean asks = next - una > mss && !tailSent && !timedOutBefore;
    if (asks && roundTrip.tailTimeout() < timeout - now) {
      tail = true;
      timeout = now + roundTrip.tailTimeout();
    }
  }

  /** A duplicate acknowledgment came (RFC 5681 §2). */
  void duplicate() {
    if (next > una) {
      recovery.duplicate(una, next, max, tailSent);
    }
  }

  /**
   * Chooses what to send next.
   *
   * @param largest the most payload of a segment
   * @return false if nothing may be sent now
   */
  boolean plan(int largest, long now) {
    int most = Math.max(mss, largest - largest % mss);
    if (tailDue && planTail(most)) {
      return true;
    }
    long hole = recovery.hole(una, next);
    piece.hole(hole != NONE);
    if (piece.hole()) {
      return choose(hole, Math.min(recovery.holeEnd(hole, una), max), most);
    }
    if (next == una && max == next && now - lastSent > roundTrip.timeout()) {
      congestion.idle();
    }
    next = Math.min(max, recovery.skip(next));
    long allowed = Math.min(una + window.size() - next, Math.max(recovery.allowance(una, next), 0));
    if (forced) {
      allowed = Math.min(una + window.size() - next, Math.max(allowed, mss));
    }
    long had = recovery.nextHad(next, Long.MAX_VALUE);
    if (allowed <= 0 || !choose(next, Math.min(next + allowed, had), most)) {
      return false;
    }
    return forced || worthwhile();
  }

  /** Chooses what makes the guest tell what it has: the first hole, a new segment, or the last. */
  private boolean planTail(int most) {
    boolean fresh = next == max && next < buffer.end() && una + window.size() > next;
    if (recovery.repeatFirst(una) || fresh) {
      forced = fresh;
      tailDue = false;
      return false;
    }
    piece.hole(true);
    return choose(Math.max(una, max - mss), max, most);
  }

  private boolean choose(long from, long to, int most) {
    return piece.choose(from, to, most, buffer.end(), finWanted);
  }

  /** Avoids silly windows (RFC 9293 §3.8.6.2.1); without Nagle's algorithm, as our writer waits. */
  private boolean worthwhile() {
    if (piece.last()) {
      return true;
    }
    if (piece.length() >= mss) {
      piece.cut(mss);
      return true;
    }
    return piece.from() < max || piece.length() >= window.largest() / 2;
  }

  /** What {@link #plan} has chosen. */
  Piece piece() {
    return piece;
  }

  /** Whether the guest was sent its start before. */
  boolean pieceRepeats() {
    return piece.from() < max;
  }

  /** The piece was sent. */
  void pieceSent(long now) {
    long end = piece.end();
    if (pieceRepeats()) {
      timedEnd = NONE;
    }
    if (piece.hole()) {
      recovery.repeatedTo(end);
    } else {
      if (timedEnd == NONE && piece.from() == max) {
        timedEnd = end;
        timedAt = now;
      }
      if (una == max) {
        stuckSince = now;
      }
      next = end;
      max = Math.max(max, end);
    }
    forced = false;
    tailDue = false;
    lastSent = now;
    if (timeout == NEVER || probing) {
      probing = false;
      arm(now, now + roundTrip.timeout());
    } else if (!tail) {
      arm(now, timeout);
    }
  }

  /** All that may be sent was: what is left waits for the guest's window (RFC 9293 §3.8.6.1). */
  void waitForWindow(long now) {
    boolean left = next < buffer.end() || finWanted && next == buffer.end();
    if (left && next == una) {
      if (!probing) {
        probing = true;
        probingSince = now;
        timeout = now + roundTrip.timeout();
      }
    } else if (!left && next == una) {
      probing = false;
      timeout = NEVER;
    }
  }

  /** When the timer expires. */
  long timeout() {
    return timeout;
  }

  /** Since when the guest acknowledges nothing. */
  long stuckSince() {
    return stuckSince;
  }

  /** Whether the guest is asked for its window only. */
  boolean probing() {
    return probing;
  }

  /** Since when it is. */
  long probingSince() {
    return probingSince;
  }

  /** The timer has expired: asks for the window, or sends again (RFC 6298 §5). */
  void expired(long now) {
    if (tail) {
      tail = false;
      tailSent = true;
      tailDue = true;
      timeout = now + roundTrip.timeout();
      return;
    }
    roundTrip.backOff();
    timedEnd = NONE;
    if (probing) {
      timeout = now + roundTrip.timeout();
      forced = window.size() > 0;
      probeDue = window.size() <= 0;
      return;
    }
    timeout = NEVER;
    if (una == 0) {
      repeatSyn();
      synRepeated = true;
      return;
    }
    recovery.timedOut(una, next, max, timedOutBefore);
    timedOutBefore = true;
    next = una;
  }

  /** Whether a segment is to be sent that only asks for an answer. */
  boolean probeDue() {
    return probeDue;
  }

  void probe(boolean due) {
    probeDue = due;
  }

  /** No timer runs any more, and no memory is held. */
  void release() {
    buffer.clear();
    timeout = NEVER;
  }
}
