package dev.javisor.backend;

import java.nio.ByteBuffer;

/**
 * An Ethernet frame that a guest sends, from the destination's address on, without a checksum
 * behind it: 14 bytes to the device's MTU and 22.
 *
 * <pre>{@code
 * byte[] take(NetFrame frame) {
 *   byte[] bytes = new byte[frame.length()];
 *   frame.copyTo(0, bytes, 0, bytes.length);
 *   frame.complete();
 *   return bytes;
 * }
 * }</pre>
 *
 * <p><b>How long it lives.</b> From {@link NetBackend#transmit} to {@link #complete}. It is pooled:
 * afterwards the same object is another frame, so nobody keeps it, or calls anything on it.
 *
 * <p><b>Its buffers</b> are the guest's RAM itself. The guest may change them at any time: what is
 * checked must be a copy. They are there to be read; a write is not prevented, and the guest would
 * see it. One that outlives its frame is harmless to the JVM, even when the machine is closed
 * meanwhile: it shows the guest's RAM as long as there is one, then zeros.
 *
 * <p>Threading: one thread at a time, any thread.
 */
public interface NetFrame {
  /** The length in bytes. */
  int length();

  /** By which of the device's pairs of queues it came, from 0. */
  int queue();

  /** In how many pieces the guest has it, 1 at least. */
  int bufferCount();

  /**
   * A view of one of the pieces, made when asked for. Cheaper: {@link #copyTo}.
   *
   * @param index from 0
   * @throws IndexOutOfBoundsException if there is no such piece
   */
  ByteBuffer buffer(int index);

  /**
   * Copies bytes out of the frame, until the target is full.
   *
   * @param position where to start in the frame, in bytes
   * @param target filled from its position to its limit
   * @throws IndexOutOfBoundsException if the frame has not as many
   */
  void copyTo(int position, ByteBuffer target);

  /**
   * Copies bytes out of the frame.
   *
   * @param position where to start in the frame, in bytes
   * @throws IndexOutOfBoundsException if they are not all within frame and target
   */
  default void copyTo(int position, byte[] target, int start, int length) {
    copyTo(position, ByteBuffer.wrap(target, start, length));
  }

  /**
   * Gives the frame back, sent or dropped; the guest may use its memory for something else. Never
   * blocks; allowed from within {@link NetBackend#transmit}, and on any thread later.
   *
   * @throws IllegalStateException if it was given back already
   */
  void complete();
}
