package dev.javisor.internal.vsock;

/**
 * The memory that all connections of a machine may keep bytes in. Each has its share from its
 * beginning to its end, and the more there are, the less the next one gets: nobody waits for
 * memory, so that nobody can wait for ever.
 *
 * <p>Threading: any thread.
 */
final class VsockBudget {
  /** All of it, both directions of all connections together. */
  static final long TOTAL = 64L << 20;

  /** What the last of all connections gets in each direction. */
  static final int LEAST = 8 * 1024;

  /** A connection gets at most this part of what is left. */
  private static final int PART = 64;

  private long free = TOTAL;

  /**
   * Takes a share.
   *
   * @param others how many more connections may come, each of which can rely on {@link #LEAST}
   * @return the bytes for each direction, a power of two; 0 if there is nothing left, because ended
   *     connections were neither read to the end nor closed
   */
  synchronized int reserve(int others) {
    if (free < 2 * LEAST) {
      return 0;
    }
    long spare = Math.max(0, free - 2L * LEAST * others);
    long part = Long.highestOneBit(Math.max(LEAST, spare / 2 / PART));
    int window = (int) Math.min(VsockConnection.BUFFER, part);
    free -= 2L * window;
    return window;
  }

  /** Gives a share back. */
  synchronized void free(int window) {
    free += 2L * window;
  }
}
