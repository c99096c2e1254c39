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

  private long una;
  private long next;
  private long max;
  private long window;
  private long largestWindow;
  private long windowSeq = NONE;
  private long windowAck;
  private int peerScale;
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

  /** What {@link #plan} has chosen. */
  private long pieceFrom;

  private int pieceLength;
  private boolean pieceFin;
  private boolean pieceRepeats;

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
    peerScale = scale;
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

  long window() {
    return window;
  }

  long largestWindow() {
    return largestWindow;
  }

  int peerScale() {
    return peerScale;
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
    return number(Math.max(next, Math.min(max, una + window)));
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

  /** Takes the window of a segment, unless an older one (RFC 9293 §3.10.7.4). */
  void updateWindow(long seq, long ack, long size) {
    if (windowSeq < seq || windowSeq == seq && windowAck <= ack) {
      window = size;
      windowSeq = seq;
      windowAck = ack;
      largestWindow = Math.max(largestWindow, size);
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
    timeout = next > una ? now + roundTrip.timeout() : NEVER;
  }

  /** A duplicate acknowledgment came (RFC 5681 §2). */
  void duplicate() {
    if (next > una) {
      recovery.duplicate(una, next, max);
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
    long hole = recovery.hole(una, next);
    pieceRepeats = hole != NONE;
    if (pieceRepeats) {
      return piece(hole, Math.min(recovery.holeEnd(hole, una), max), most);
    }
    if (next == una && max == next && now - lastSent > roundTrip.timeout()) {
      congestion.idle();
    }
    next = Math.min(max, recovery.skip(next));
    long allowed = Math.min(una + window - next, Math.max(recovery.allowance(una, next), 0));
    if (forced) {
      allowed = Math.min(una + window - next, Math.max(allowed, mss));
    }
    long had = recovery.nextHad(next, Long.MAX_VALUE);
    if (allowed <= 0 || !piece(next, Math.min(next + allowed, had), most)) {
      return false;
    }
    return forced || worthwhile();
  }

  /** Chooses from an offset to another, at most. */
  private boolean piece(long from, long to, int most) {
    long end = buffer.end();
    long length = Math.min(Math.min(to, end) - from, most);
    pieceFrom = from;
    pieceLength = (int) Math.max(length, 0);
    pieceFin = finWanted && from + pieceLength == end && to > end;
    return pieceLength > 0 || pieceFin;
  }

  /** Avoids silly windows (RFC 9293 §3.8.6.2.1); without Nagle's algorithm, as our writer waits. */
  private boolean worthwhile() {
    boolean all = pieceFin || pieceFrom + pieceLength == buffer.end();
    if (all) {
      return true;
    }
    if (pieceLength >= mss) {
      pieceLength -= pieceLength % mss;
      return true;
    }
    return pieceFrom < max || pieceLength >= largestWindow / 2;
  }

  long pieceFrom() {
    return pieceFrom;
  }

  int pieceLength() {
    return pieceLength;
  }

  boolean pieceFin() {
    return pieceFin;
  }

  /** Whether the piece is the last that there is. */
  boolean pieceIsLast() {
    return pieceFrom + pieceLength == buffer.end();
  }

  /** Whether the piece was sent before. */
  boolean pieceRepeats() {
    return pieceFrom < max;
  }

  /** The piece was sent. */
  void pieceSent(long now) {
    long end = pieceFrom + pieceLength + (pieceFin ? 1 : 0);
    if (pieceFrom < max) {
      timedEnd = NONE;
    }
    if (pieceRepeats) {
      recovery.repeatedTo(end);
    } else {
      if (timedEnd == NONE && pieceFrom == max) {
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
    lastSent = now;
    if (timeout == NEVER || probing) {
      probing = false;
      timeout = now + roundTrip.timeout();
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
    roundTrip.backOff();
    timedEnd = NONE;
    if (probing) {
      timeout = now + roundTrip.timeout();
      forced = window > 0;
      probeDue = window <= 0;
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
