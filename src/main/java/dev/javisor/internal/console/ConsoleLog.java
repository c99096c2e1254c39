package dev.javisor.internal.console;

import java.util.Arrays;

/**
 * The last bytes that a guest wrote to its console, at absolute positions: the first byte of the
 * machine's life has position 0, and positions never repeat. When the buffer is full the oldest
 * byte goes.
 *
 * <p>Threading: any thread. {@link #append} is called on vCPU threads; it never blocks for longer
 * than a copy of one chunk takes, and allocates only while the buffer grows to its capacity.
 */
public final class ConsoleLog {
  private static final int FIRST_SIZE = 16 << 10;

  private final int capacity;
  private final Runnable wake;
  private byte[] ring;
  private long end;
  private volatile boolean armed;

  /**
   * @param capacity the most bytes to keep, at least 1
   * @param wake called by {@link #append} once after each {@link #arm}; must return at once
   */
  public ConsoleLog(int capacity, Runnable wake) {
    this.capacity = capacity;
    this.wake = wake;
    ring = new byte[Math.min(capacity, FIRST_SIZE)];
  }

  /**
   * Adds a byte.
   *
   * @return whether it is the first that pushed out an older one
   */
  public boolean append(byte b) {
    boolean overflow;
    synchronized (this) {
      if (end == ring.length && ring.length < capacity) {
        ring = Arrays.copyOf(ring, (int) Math.min(capacity, 2L * ring.length));
      }
      ring[(int) (end % ring.length)] = b;
      overflow = end == capacity;
      end++;
    }
    if (armed) {
      armed = false;
      wake.run();
    }
    return overflow;
  }

  /** Asks to be woken by the next byte. Look at {@link #end} afterwards before going to sleep. */
  public void arm() {
    armed = true;
  }

  /** The position of the oldest byte that is kept, which is how many are lost. */
  public synchronized long start() {
    return oldest();
  }

  /** The position that the next byte will get, which is how many were written. */
  public synchronized long end() {
    return end;
  }

  /** The most bytes that are kept. */
  public int capacity() {
    return capacity;
  }

  /**
   * Copies bytes from a position on, or from the oldest one if that is later.
   *
   * @param most the most bytes to copy
   */
  public synchronized Chunk read(long position, int most) {
    long from = Math.max(position, oldest());
    int length = (int) Math.max(0, Math.min(most, end - from));
    byte[] bytes = new byte[length];
    int index = (int) (from % ring.length);
    int first = Math.min(length, ring.length - index);
    System.arraycopy(ring, index, bytes, 0, first);
    System.arraycopy(ring, 0, bytes, first, length - first);
    return new Chunk(from, bytes);
  }

  private long oldest() {
    return Math.max(0, end - ring.length);
  }

  /**
   * Bytes of the console. The array belongs to whoever asked for it.
   *
   * @param position the position of the first byte
   * @param bytes the bytes; none if there are none yet
   */
  @SuppressWarnings("ArrayRecordComponent") // A copy that is handed over, never compared.
  public record Chunk(long position, byte[] bytes) {
    /** The position after the last byte. */
    public long next() {
      return position + bytes.length;
    }
  }
}
