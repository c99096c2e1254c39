package dev.javisor.internal.net.tcp;

import java.nio.ByteBuffer;

/**
 * What comes from the guest: its order, the window that it is given, and when it hears of what
 * came. Offsets count from the guest's initial sequence number, as those of {@link Sender} from
 * ours.
 *
 * <p>Bytes out of order are kept within the window, in a bounded number of stretches and while
 * there is memory; the rest comes again.
 */
final class Receiver {
  static final long NEVER = Long.MAX_VALUE;
  private static final long NONE = -1;
  private static final int STRETCHES = 64;
  private static final int MOST_FIELD = 0xffff;
  private static final int MOST_ACKS = 16;
  private static final int REPORTED = 4;

  private final ChunkPool pool;
  private final ChunkBuffer buffer;
  private final Ranges ahead = new Ranges(STRETCHES);
  private final long[] latest = {NONE, NONE, NONE, NONE};
  private final int capacity;
  private final int mss;
  private int initial;
  private int scale;
  private long next;
  private long edge;
  private long fin = NONE;
  private boolean finished;

  private int acksDue;
  private int unacknowledged;
  private long ackTime = NEVER;

  Receiver(TcpConfig config, ChunkPool pool, int mss) {
    this.pool = pool;
    this.mss = mss;
    capacity = config.receiveBytes();
    buffer = new ChunkBuffer(pool, capacity, 1);
  }

  /** The guest's SYN came. */
  void begin(int sequence) {
    initial = sequence;
    // An end that has sent its SYN first has given a window with it.
    edge = edge - next + 1;
    next = 1;
  }

  /** The window scale to offer (RFC 7323 §2.2). */
  int offeredScale() {
    return Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(capacity / (MOST_FIELD + 1)));
  }

  /** Both sides scale windows. */
  void scale(int shift) {
    scale = shift;
  }

  /** The bytes in order that nobody has read. */
  ChunkBuffer buffer() {
    return buffer;
  }

  /** The offset of a sequence number near the next one. */
  long offset(int number) {
    return next + (number - nextNumber());
  }

  /** What is acknowledged. */
  int nextNumber() {
    return initial + (int) next;
  }

  long next() {
    return next;
  }

  /** The right edge of the window that the guest was given. */
  long edge() {
    return edge;
  }

  /** The guest's FIN came, and all before it. */
  boolean finished() {
    return finished;
  }

  /**
   * Takes the data and the FIN of a segment that touches the window.
   *
   * @param from offset of its first byte
   * @return the bytes in order that this has added
   */
  int take(long from, SegmentHeader header, SegmentSource segment, long now, long delay) {
    long before = next;
    int skip = (int) Math.min(header.payload(), Math.max(0, next - from));
    long low = from + skip;
    long high = Math.min(from + header.payload(), fin == NONE ? edge : Math.min(edge, fin));
    boolean cut = high < from + header.payload();
    boolean gap = !ahead.isEmpty();
    if (low < high) {
      keep(low, (int) (high - low), segment, header.headerLength() + skip);
    }
    boolean ends = header.has(SegmentHeader.FIN) && !cut && fin == NONE;
    if (ends && from + header.payload() >= next) {
      fin = from + header.payload();
    }
    if (next == fin && !finished) {
      finished = true;
      next++;
      edge = Math.max(edge, next);
    }
    int added = (int) (buffer.end() - before);
    unacknowledged += added;
    if (gap
        || finished
        || cut
        || next == before
        || unacknowledged >= Math.min(2 * mss, capacity / 4)) {
      acknowledgeNow(true);
    } else {
      ackTime = Math.min(ackTime, now + delay);
    }
    return added;
  }

  private void keep(long low, int length, SegmentSource segment, int from) {
    if (low > next) {
      int kept = buffer.put(low, segment, from, length, ChunkPool.Use.AHEAD);
      if (kept > 0 && ahead.add(low, low + kept)) {
        remember(low);
      }
      return;
    }
    int kept = buffer.put(low, segment, from, length, ChunkPool.Use.RECEIVE);
    next = low + kept;
    ahead.removeBelow(next);
    if (!ahead.isEmpty() && ahead.low(0) == next) {
      next = ahead.high(0);
      ahead.removeBelow(next);
    }
    buffer.extendTo(next);
  }

  private void remember(long low) {
    System.arraycopy(latest, 0, latest, 1, REPORTED - 1);
    latest[0] = low;
  }

  /** The guest hears at once of what came. */
  void acknowledgeNow() {
    acknowledgeNow(false);
  }

  /** The same; for each segment out of order once (RFC 5681 §4.2). */
  private void acknowledgeNow(boolean each) {
    acksDue = each && !ahead.isEmpty() ? Math.min(acksDue + 1, MOST_ACKS) : Math.max(acksDue, 1);
  }

  /** Whether something came out of order: of that, segments without data tell. */
  boolean hasGap() {
    return !ahead.isEmpty();
  }

  /** How many segments without data are due. */
  int acksDue() {
    return acksDue;
  }

  /** The time of an acknowledgment that waited has come. */
  void ackTimeCame() {
    ackTime = NEVER;
    acknowledgeNow();
  }

  /** When an acknowledgment that waits is due. */
  long ackTime() {
    return ackTime;
  }

  /** A segment was sent, and with it {@link #nextNumber} and the window. */
  void acknowledged() {
    acksDue = Math.max(0, acksDue - 1);
    unacknowledged = 0;
    ackTime = NEVER;
  }

  /** Bytes were read: tells the guest if that opens the window far (RFC 9293 §3.8.6.2.2). */
  void wasRead() {
    buffer.trim(ahead.isEmpty());
    long worth = Math.min(capacity / 2, Math.max(2 * mss, capacity / 8));
    if (!finished && next + free() - edge >= worth) {
      acknowledgeNow();
    }
  }

  /** Forgets what nobody will read. */
  void discard() {
    ahead.clear();
    buffer.clear();
  }

  /** The window for the next segment's header. */
  int windowField(boolean syn) {
    int shift = syn ? 0 : scale;
    long wanted = next + Math.min(free() >>> shift, MOST_FIELD) * (1L << shift);
    if (wanted - edge >= Math.min(capacity / 2, mss)) {
      edge = wanted;
    }
    // Rounded up: what the guest was given is not taken back.
    return (int) Math.min(MOST_FIELD, edge - next + (1L << shift) - 1 >>> shift);
  }

  private long free() {
    int held = buffer.held();
    long most = pool.tight() ? Math.min(ChunkPool.CHUNK, capacity) : capacity;
    return Math.max(0, most - held);
  }

  /**
   * Writes the option of selective acknowledgments (RFC 2018 §4), the latest segment's stretch
   * first, if there is any.
   */
  void writeBlocks(ByteBuffer header) {
    int start = header.position();
    int count = 0;
    for (int i = 0; i < REPORTED && count < REPORTED; i++) {
      int index = latest[i] < next ? -1 : ahead.find(latest[i]);
      if (index >= 0 && isFirst(i, index)) {
        if (count == 0) {
          header.put((byte) SegmentHeader.OPTION_NOTHING).put((byte) SegmentHeader.OPTION_NOTHING);
          header.put((byte) SegmentHeader.OPTION_SACK).put((byte) 0);
        }
        header.putInt(initial + (int) ahead.low(index)).putInt(initial + (int) ahead.high(index));
        count++;
      }
    }
    if (count > 0) {
      header.put(start + 3, (byte) (2 + 8 * count));
    }
  }

  private boolean isFirst(int until, int index) {
    for (int i = 0; i < until; i++) {
      if (latest[i] >= next && ahead.find(latest[i]) == index) {
        return false;
      }
    }
    return true;
  }
}
