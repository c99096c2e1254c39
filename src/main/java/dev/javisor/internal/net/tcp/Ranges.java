package dev.javisor.internal.net.tcp;

import java.util.Arrays;

/** Stretches of a stream, sorted, apart from each other, and of a bounded number. */
final class Ranges {
  private static final int FIRST = 4;

  private final int most;
  private long[] lows = new long[FIRST];
  private long[] highs = new long[FIRST];
  private int count;
  private long bytes;

  /**
   * @param most stretches to keep
   */
  Ranges(int most) {
    this.most = most;
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Bytes in all stretches. */
  long bytes() {
    return bytes;
  }

  long low(int index) {
    return lows[index];
  }

  long high(int index) {
    return highs[index];
  }

  /** Adds a stretch that is not empty; false if it is one too many. */
  boolean add(long low, long high) {
    int first = 0;
    while (first < count && highs[first] < low) {
      first++;
    }
    int last = first;
    long from = low;
    long to = high;
    for (; last < count && lows[last] <= high; last++) {
      from = Math.min(from, lows[last]);
      to = Math.max(to, highs[last]);
      bytes -= highs[last] - lows[last];
    }
    if (first == last && count == most) {
      return false;
    }
    replace(first, last);
    lows[first] = from;
    highs[first] = to;
    bytes += to - from;
    return true;
  }

  /** Makes one entry of those from first to last, or room for one. */
  private void replace(int first, int last) {
    int shift = first + 1 - last;
    if (count + shift > lows.length) {
      int capacity = Math.min(most, lows.length * 2);
      lows = Arrays.copyOf(lows, capacity);
      highs = Arrays.copyOf(highs, capacity);
    }
    System.arraycopy(lows, last, lows, last + shift, count - last);
    System.arraycopy(highs, last, highs, last + shift, count - last);
    count += shift;
  }

  /** Forgets what lies in front of an offset. */
  void removeBelow(long offset) {
    int gone = 0;
    while (gone < count && highs[gone] <= offset) {
      bytes -= highs[gone] - lows[gone];
      gone++;
    }
    if (gone > 0) {
      System.arraycopy(lows, gone, lows, 0, count - gone);
      System.arraycopy(highs, gone, highs, 0, count - gone);
      count -= gone;
    }
    if (count > 0 && lows[0] < offset) {
      bytes -= offset - lows[0];
      lows[0] = offset;
    }
  }

  void clear() {
    count = 0;
    bytes = 0;
  }

  /** The stretch that contains an offset, or -1. */
  int find(long offset) {
    for (int i = 0; i < count && lows[i] <= offset; i++) {
      if (offset < highs[i]) {
        return i;
      }
    }
    return -1;
  }

  /** The first stretch's start behind an offset, or the limit if that comes first. */
  long nextLow(long offset, long limit) {
    for (int i = 0; i < count; i++) {
      if (lows[i] > offset) {
        return Math.min(lows[i], limit);
      }
    }
    return limit;
  }

  /** Bytes of the stretches between two offsets. */
  long bytesWithin(long low, long high) {
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.max(0, Math.min(high, highs[i]) - Math.max(low, lows[i]));
    }
    return sum;
  }
}
