package dev.javisor.internal.net.user;

import dev.javisor.backend.NetGuest;
import dev.javisor.internal.net.FrameSource;
import dev.javisor.internal.net.OffloadGuest;
import dev.javisor.internal.net.Offloads;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The way to the guest. Where that has no room, {@value #MOST_WAITING} short frames wait; those of
 * TCP are offered again by TCP. Threading: the network's, but for {@link #attach}.
 */
final class FrameOut {
  static final int MOST_WAITING = 256;

  private static final int MOST_WAITING_BYTES = 512 << 10;

  private final Counters counters;
  private final Queue<ByteBuffer> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private volatile @Nullable NetGuest guest;

  FrameOut(Counters counters) {
    this.counters = counters;
  }

  void attach(@Nullable NetGuest to) {
    guest = to;
  }

  /** What the guest takes over at this moment. */
  Offloads offloads() {
    return guest instanceof OffloadGuest able ? able.offloads() : Offloads.NONE;
  }

  /** The longest payload of a frame in bytes. */
  int mtu() {
    NetGuest to = guest;
    return to == null ? 1500 : to.mtu();
  }

  /** Sends a frame, which is copied if it has to wait. */
  void send(ByteBuffer frame) {
    if (waiting.isEmpty() && deliver(frame)) {
      return;
    }
    if (waiting.size() >= MOST_WAITING || waitingBytes + frame.remaining() > MOST_WAITING_BYTES) {
      counters.overflowed++;
      return;
    }
    waitingBytes += frame.remaining();
    waiting.add(ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip());
  }

  /** Sends a frame with a virtio header, to a guest that {@linkplain #offloads takes over} some. */
  boolean offer(FrameSource frame) {
    return waiting.isEmpty() && (!(guest instanceof OffloadGuest able) || able.deliver(frame));
  }

  /** Sends a frame, if it need not wait. */
  boolean offer(ByteBuffer frame) {
    return waiting.isEmpty() && deliver(frame);
  }

  /** Sends what waits; returns whether nothing does any more. */
  boolean flush() {
    ByteBuffer frame;
    while ((frame = waiting.peek()) != null) {
      if (!deliver(frame)) {
        return false;
      }
      waitingBytes -= frame.remaining();
      waiting.remove();
    }
    return true;
  }

  private boolean deliver(ByteBuffer frame) {
    NetGuest to = guest;
    return to == null || to.deliver(frame);
  }
}
