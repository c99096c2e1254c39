package dev.javisor.internal.net.tcp;

/** What {@link Sender} has chosen to send next. One for all segments of a connection. */
final class Piece {
  private long from;
  private int length;
  private boolean fin;
  private boolean last;
  private boolean hole;

  /**
   * Chooses from an offset to another, at most.
   *
   * @param to may lie behind all data: then the FIN fits too
   * @param most bytes of data
   * @param end of all data
   * @param finWanted whether the FIN follows it
   * @return false if there is nothing
   */
  boolean choose(long start, long to, int most, long end, boolean finWanted) {
    from = start;
    length = (int) Math.max(0, Math.min(Math.min(to, end) - from, most));
    last = from + length == end;
    fin = finWanted && last && to > end;
    return length > 0 || fin;
  }

  /** Makes whole segments of it. */
  void cut(int mss) {
    length -= length % mss;
  }

  /** Says whether it fills a hole, and leaves alone what is to be sent next. */
  void hole(boolean fills) {
    hole = fills;
  }

  boolean hole() {
    return hole;
  }

  long from() {
    return from;
  }

  /** Bytes of data. */
  int length() {
    return length;
  }

  boolean fin() {
    return fin;
  }

  /** Whether no data follows. */
  boolean last() {
    return last;
  }

  /** The offset behind it. */
  long end() {
    return from + length + (fin ? 1 : 0);
  }
}
