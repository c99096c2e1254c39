package dev.javisor.internal.virtio;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Bytes from the host that wait for the driver's buffers. Bounded; a sender who found no room is
 * told once, when half of it is free again.
 *
 * <p>Threading: any thread may offer, one thread takes.
 */
final class InputBuffer {
  private final byte[] ring;
  private int head;
  private int size;
  private boolean roomWanted;

  InputBuffer(int capacity) {
    ring = new byte[capacity];
  }

  int capacity() {
    return ring.length;
  }

  /** Appends what fits; returns how many bytes that is. */
  synchronized int offer(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int taken = Math.min(length, ring.length - size);
    for (int i = 0; i < taken; i++) {
      ring[(head + size++) % ring.length] = bytes[offset + i];
    }
    roomWanted |= taken < length;
    return taken;
  }

  /** Copies the oldest bytes without taking them; returns how many, as many as fit. */
  synchronized int peek(byte[] target) {
    int count = Math.min(size, target.length);
    int first = Math.min(count, ring.length - head);
    System.arraycopy(ring, head, target, 0, first);
    System.arraycopy(ring, 0, target, first, count - first);
    return count;
  }

  /** Takes the oldest bytes, or all if there are fewer. */
  synchronized void remove(int count) {
    int taken = Math.min(count, size);
    head = (head + taken) % ring.length;
    size -= taken;
  }

  synchronized void clear() {
    size = 0;
  }

  synchronized boolean isEmpty() {
    return size == 0;
  }

  /** Whether a sender who waits for room is to be told now; true once for each wait. */
  synchronized boolean takeRoomNotice() {
    boolean room = roomWanted && size <= ring.length / 2;
    roomWanted &= !room;
    return room;
  }

  synchronized List<Integer> toList() {
    List<Integer> values = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      values.add(ring[(head + i) % ring.length] & 0xff);
    }
    return values;
  }

  /** Replaces the content; the values fit. */
  synchronized void setAll(List<Integer> values) {
    head = 0;
    size = 0;
    for (int value : values) {
      ring[size++] = (byte) value;
    }
  }
}
