package dev.javisor.internal.net.tcp;

/**
 * What was lost on the way to the guest, and when to send it again before the timer expires: by
 * selective acknowledgments (RFC 6675) where the guest sends them, else by counting duplicate ones
 * (RFC 5681, RFC 6582). Offsets are those of {@link Sender}.
 *
 * <p>Not modelled: limited transmit for a guest that only counts, and rescue retransmission.
 */
final class LossRecovery {
  private static final int DUPLICATES = 3;
  private static final int MOST_BLOCKS = 64;
  private static final long NONE = -1;

  private final Congestion congestion;
  private final Ranges sacked = new Ranges(MOST_BLOCKS);
  private int mss = 1;
  private boolean selective;
  private int duplicates;
  private boolean active;

  /** Recovery has begun, or a part was acknowledged: one segment goes out whatever the window. */
  private boolean due;

  /** What was sent when the last recovery began: before all that is acknowledged, none begins. */
  private long recover;

  /** Up to here all that is missing was sent again. */
  private long repeated;

  LossRecovery(Congestion congestion) {
    this.congestion = congestion;
  }

  void begin(int size, boolean sack) {
    mss = size;
    selective = sack;
  }

  /** Whether the guest acknowledges selectively. */
  boolean selective() {
    return selective;
  }

  /** The guest has bytes from low to high, which lie between una and max; true if that is news. */
  boolean has(long low, long high) {
    long before = sacked.bytes();
    return sacked.add(low, high) && sacked.bytes() > before;
  }

  /**
   * An acknowledgment came that says nothing new but perhaps what the guest has besides.
   *
   * @param afterProbe whether it answers a probe: by then, what is missing is not just late
   */
  void duplicate(long una, long next, long max, boolean afterProbe) {
    duplicates = afterProbe ? DUPLICATES : duplicates + 1;
    if (active) {
      if (!selective) {
        congestion.inflate(mss);
      }
    } else if (una >= recover && (duplicates >= DUPLICATES || lostEdge(una) > una)) {
      active = true;
      due = true;
      recover = max;
      repeated = una;
      congestion.lost(next - una);
      if (!selective) {
        congestion.inflate((long) DUPLICATES * mss);
      }
    }
  }

  /** The guest has acknowledged all up to una. */
  void advanced(long acked, long una, long next) {
    duplicates = 0;
    sacked.removeBelow(una);
    repeated = Math.max(repeated, una);
    if (!active) {
      congestion.acknowledged(acked);
    } else if (una >= recover) {
      active = false;
      due = false;
      if (selective) {
        congestion.recovered();
      } else {
        congestion.recovered(next - una);
      }
    } else if (!selective) {
      congestion.deflate(acked);
      repeated = una;
      due = true;
    }
  }

  /**
   * The timer has expired. What the guest said that it has may be forgotten by now (RFC 2018 §8).
   *
   * @param again whether it had expired for the same bytes before
   */
  void timedOut(long una, long next, long max, boolean again) {
    congestion.timedOut(again ? 0 : Math.max(next - una, 1));
    sacked.clear();
    active = false;
    due = false;
    duplicates = 0;
    recover = max;
  }

  /** Nothing was heard for long: what was missing first is sent again, if anything was. */
  boolean repeatFirst(long una) {
    if (active) {
      repeated = una;
      due = true;
    }
    return active;
  }

  /** Bytes that may be sent now, those to be repeated and new ones together. */
  long allowance(long una, long next) {
    return congestion.window() - inFlight(una, next);
  }

  /** Where something is missing that must be sent again now, or -1. */
  long hole(long una, long next) {
    if (!active) {
      return NONE;
    }
    if (!selective) {
      return due ? una : NONE;
    }
    long from = skip(Math.max(repeated, una));
    if (from >= lostEdge(una) || !due && allowance(una, next) < mss) {
      return NONE;
    }
    return from;
  }

  /** Up to where bytes are missing from a hole on. */
  long holeEnd(long hole, long una) {
    return selective ? sacked.nextLow(hole, lostEdge(una)) : hole + mss;
  }

  /** Bytes up to an offset were sent again. */
  void repeatedTo(long offset) {
    due = false;
    repeated = Math.max(repeated, offset);
  }

  /** The first offset from here on that the guest is not known to have. */
  long skip(long offset) {
    int index = sacked.find(offset);
    return index < 0 ? offset : sacked.high(index);
  }

  /** Where the guest has bytes next, at most the limit. */
  long nextHad(long offset, long limit) {
    return sacked.nextLow(offset, limit);
  }

  /** RFC 6675 §4, SetPipe. */
  private long inFlight(long una, long next) {
    if (sacked.isEmpty() && !(active && selective)) {
      return next - una;
    }
    long flight = next - una - sacked.bytesWithin(una, next);
    if (active) {
      long from = Math.max(repeated, una);
      long edge = Math.min(lostEdge(una), next);
      if (edge > from) {
        flight -= edge - from - sacked.bytesWithin(from, edge);
      }
    }
    return flight;
  }

  /** What is missing in front of this is lost (RFC 6675 §4, IsLost, by bytes). */
  private long lostEdge(long una) {
    long above = 0;
    long edge = una;
    for (int i = sacked.count() - 1; i >= 0; i--) {
      above += sacked.high(i) - sacked.low(i);
      if (above > (DUPLICATES - 1L) * mss) {
        edge = sacked.low(i);
        break;
      }
    }
    if (active && edge < una + mss) {
      edge = sacked.nextLow(una, una + mss);
    }
    return edge;
  }
}
