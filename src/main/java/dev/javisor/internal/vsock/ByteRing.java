package dev.javisor.internal.vsock;

import java.nio.ByteBuffer;

/**
 * Bytes that wait, first in, first out. Its memory comes from a pool, grows with what it holds, up
 * to a limit, and is given back when it is empty.
 *
 * <p>Threading: one thread at a time.
 */
final class ByteRing {
  private static final int FIRST_CAPACITY = 4096;
  private static final byte[] NONE = {};

  private final int limit;
  private final BytePool pool;
  private byte[] bytes = NONE;
  private int head;
  private int size;

  /**
   * @param limit the most bytes that it holds, a power of two from 4096 on
   */
  ByteRing(int limit, BytePool pool) {
    this.limit = limit;
    this.pool = pool;
  }

  int size() {
    return size;
  }

  int room() {
    return limit - size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Forgets all. */
  void clear() {
    head = 0;
    size = 0;
    giveBack();
  }

  private void giveBack() {
    if (bytes.length > 0) {
      pool.give(bytes);
      bytes = NONE;
    }
  }

  /** Adds as much as there is room for; returns how much that was. */
  int put(ByteBuffer source) {
    int count = Math.min(source.remaining(), room());
    reserve(count);
    for (int left = count; left > 0; ) {
      int at = tail();
      int chunk = Math.min(left, bytes.length - at);
      source.get(bytes, at, chunk);
      size += chunk;
      left -= chunk;
    }
    return count;
  }

  /**
   * Adds a packet's bytes.
   *
   * @param count up to {@link #room}
   */
  void put(PacketData.Source source, int count) {
    reserve(count);
    for (int done = 0; done < count; ) {
      int at = tail();
      int chunk = Math.min(count - done, bytes.length - at);
      source.read(done, bytes, at, chunk);
      size += chunk;
      done += chunk;
    }
  }

  /** Takes as much as the target has room for; returns how much that was. */
  int take(ByteBuffer target) {
    int count = Math.min(target.remaining(), size);
    for (int left = count; left > 0; ) {
      int chunk = Math.min(left, bytes.length - head);
      target.put(bytes, head, chunk);
      advance(chunk);
      left -= chunk;
    }
    release();
    return count;
  }

  /**
   * Takes bytes for a packet.
   *
   * @param count up to {@link #size}
   */
  void take(PacketData.Target target, int count) {
    for (int done = 0; done < count; ) {
      int chunk = Math.min(count - done, bytes.length - head);
      target.write(done, bytes, head, chunk);
      advance(chunk);
      done += chunk;
    }
    release();
  }

  private int tail() {
    return head + size & bytes.length - 1;
  }

  private void advance(int count) {
    head = head + count & bytes.length - 1;
    size -= count;
  }

  private void release() {
    if (size == 0) {
      head = 0;
      giveBack();
    }
  }

  private void reserve(int count) {
    int needed = size + count;
    if (needed <= bytes.length) {
      return;
    }
    int capacity = Math.max(FIRST_CAPACITY, Integer.highestOneBit(needed - 1) << 1);
    byte[] larger = pool.take(Math.min(limit, capacity));
    int first = Math.min(size, bytes.length - head);
    System.arraycopy(bytes, head, larger, 0, first);
    System.arraycopy(bytes, 0, larger, first, size - first);
    giveBack();
    bytes = larger;
    head = 0;
  }
}
