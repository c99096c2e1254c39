package dev.javisor.internal.net.vswitch;

import java.util.Arrays;

/**
 * How much of a queue's memory is taken, and by whom. Nobody gets more than there is left for
 * others, so that one who floods takes half of it at most. Threading: one thread at a time.
 */
public final class FrameBudget {
  /** Bytes of the heap that a frame takes beside its own. */
  private static final int OVERHEAD = 160;

  private final long limit;
  private long used;
  private long[] shares = new long[4];

  /**
   * @param limit in bytes
   */
  public FrameBudget(long limit) {
    this.limit = limit;
  }

  /**
   * Takes what a frame needs.
   *
   * @param owner from 0
   * @return false if there is no room for it
   */
  public boolean take(int owner, int frameBytes) {
    long bytes = (long) frameBytes + OVERHEAD;
    if (owner >= shares.length) {
      shares = Arrays.copyOf(shares, owner + owner / 2 + 1);
    }
    if (shares[owner] + bytes > limit - used) {
      return false;
    }
    shares[owner] += bytes;
    used += bytes;
    return true;
  }

  /** Gives back what a frame needed. */
  public void give(int owner, int frameBytes) {
    long bytes = (long) frameBytes + OVERHEAD;
    shares[owner] -= bytes;
    used -= bytes;
  }

  /** Bytes that are taken. */
  public long used() {
    return used;
  }

  /** Whether no frame is there. */
  public boolean isEmpty() {
    return used == 0;
  }

  /** Gives all back. */
  public void clear() {
    used = 0;
    Arrays.fill(shares, 0);
  }
}
