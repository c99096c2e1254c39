package dev.javisor.internal.image.ext4;

/** Which blocks or inodes are in use, a bit each. */
final class Bitmap {
  private final long[] words;
  private long used;

  Bitmap(long size) {
    words = new long[Math.toIntExact((size + 63) / 64)];
  }

  void set(long first, long count) {
    for (long i = first; i < first + count; i++) {
      int word = (int) (i >>> 6);
      if (i % 64 == 0 && first + count - i >= 64 && words[word] == 0) {
        words[word] = -1;
        used += 64;
        i += 63;
      } else if ((words[word] & 1L << i) == 0) {
        words[word] |= 1L << i;
        used++;
      }
    }
  }

  boolean get(long i) {
    return (words[(int) (i >>> 6)] & 1L << i) != 0;
  }

  long used() {
    return used;
  }

  /**
   * A group's part as it is on disk: what is beyond its end counts as used.
   *
   * @param first the group's first
   * @param count how many it has
   * @return a block's bytes
   */
  byte[] group(long first, long count, int bytes) {
    byte[] map = new byte[bytes];
    for (int i = 0; i < bytes * 8; i++) {
      if (i >= count || get(first + i)) {
        map[i >>> 3] |= (byte) (1 << (i & 7));
      }
    }
    return map;
  }

  /** How many of a group are in use. */
  int usedIn(long first, long count) {
    int sum = 0;
    for (long i = first; i < first + count; i++) {
      if (i % 64 == 0 && i + 64 <= first + count) {
        sum += Long.bitCount(words[(int) (i >>> 6)]);
        i += 63;
      } else if (get(i)) {
        sum++;
      }
    }
    return sum;
  }
}
