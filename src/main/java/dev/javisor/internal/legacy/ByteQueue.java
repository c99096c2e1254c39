package dev.javisor.internal.legacy;

import java.util.ArrayList;
import java.util.List;

/** A bounded queue of bytes. Not thread-safe: its device guards it. */
final class ByteQueue {
  private final byte[] ring;
  private int head;
  private int size;

  ByteQueue(int capacity) {
    ring = new byte[capacity];
  }

  int size() {
    return size;
  }

  int capacity() {
    return ring.length;
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean isFull() {
    return size == ring.length;
  }

  /** Appends a byte; the queue is not full. */
  void add(int value) {
    ring[(head + size) % ring.length] = (byte) value;
    size++;
  }

  /** Removes the oldest byte, 0 to 255; the queue is not empty. */
  int remove() {
    int value = ring[head] & 0xff;
    head = (head + 1) % ring.length;
    size--;
    return value;
  }

  void clear() {
    head = 0;
    size = 0;
  }

  /** The bytes, oldest first, 0 to 255 each. */
  List<Integer> toList() {
    List<Integer> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(ring[(head + i) % ring.length] & 0xff);
    }
    return values;
  }

  /** Replaces the content; {@code values} fit. */
  void setAll(List<Integer> values) {
    clear();
    values.forEach(this::add);
  }
}
