package dev.javisor.backend;

import java.nio.ByteBuffer;

/**
 * One request of a guest to its disk. It has been checked: it lies within the disk, in whole
 * sectors, a disk that is read-only gets no request that changes it, and the guest's buffers are
 * all RAM.
 *
 * <pre>{@code
 * void read(BlockRequest request, byte[] disk) {
 *   request.copyFrom(0, disk, (int) request.offset(), (int) request.length());
 *   request.complete(BlockStatus.OK);
 * }
 * }</pre>
 *
 * <p><b>How long it lives.</b> From {@link BlockBackend#submit} to {@link #complete}. It is pooled:
 * after its completion the same object is another request, so nobody keeps it, or calls anything on
 * it.
 *
 * <p><b>The guest's buffers</b> are the guest's RAM itself. The guest may change them at any time,
 * also while they are read: what is checked must be a copy. Those of a READ are there to be
 * written, those of a WRITE to be read; nothing keeps an implementation from doing the other, and
 * the guest then sees it. A buffer that outlives its request is harmless to the JVM, even when the
 * machine is closed meanwhile: it shows the guest's RAM as long as there is one, then zeros.
 *
 * <p>Threading: one thread at a time, any thread.
 */
public interface BlockRequest {
  /** What is asked for. */
  BlockOperation operation();

  /** Where on the disk it starts, in bytes; 0 for a FLUSH. A multiple of 512. */
  long offset();

  /**
   * How many bytes it is about; 0 for a FLUSH. A multiple of 512. For READ and WRITE that is the
   * length of all buffers together.
   */
  long length();

  /** Which of the device's queues it came by, from 0. */
  int queue();

  /** Whether a WRITE_ZEROES may give the space back rather than store zeros. */
  boolean mayUnmap();

  /** How many buffers the guest gave; 0 but for READ and WRITE. */
  int bufferCount();

  /**
   * A view of one of the guest's buffers, little-endian, made when asked for. Cheaper ways: {@link
   * #copyTo} and {@link #copyFrom}.
   *
   * @param index from 0
   * @throws IndexOutOfBoundsException if there is no such buffer
   */
  ByteBuffer buffer(int index);

  /**
   * Copies bytes out of the guest's buffers, as though they were one.
   *
   * @param position where to start in the guest's buffers, in bytes
   * @throws IndexOutOfBoundsException if the bytes are not all within buffers and target
   */
  void copyTo(long position, byte[] target, int start, int length);

  /**
   * Copies bytes out of the guest's buffers, as though they were one, until the target is full.
   *
   * @param position where to start in the guest's buffers, in bytes
   * @param target filled from its position to its limit
   * @throws IndexOutOfBoundsException if the buffers have not as many
   */
  void copyTo(long position, ByteBuffer target);

  /**
   * Copies bytes into the guest's buffers, as though they were one.
   *
   * @param position where to start in the guest's buffers, in bytes
   * @throws IndexOutOfBoundsException if the bytes are not all within buffers and source
   */
  void copyFrom(long position, byte[] source, int start, int length);

  /**
   * Copies all that remains of the source into the guest's buffers, as though they were one.
   *
   * @param position where to start in the guest's buffers, in bytes
   * @param source taken from its position to its limit
   * @throws IndexOutOfBoundsException if the buffers do not hold as many
   */
  void copyFrom(long position, ByteBuffer source);

  /**
   * Ends the request: the guest is told, and the object belongs to the device again. Never blocks;
   * allowed from within {@link BlockBackend#submit}, and on any thread later.
   *
   * @throws IllegalStateException if the request is complete already
   */
  void complete(BlockStatus status);

  /**
   * Ends the request with {@link BlockStatus#IOERR}, and has the reason logged (at a bounded rate).
   *
   * @throws IllegalStateException if the request is complete already
   */
  void fail(Throwable reason);
}
