package dev.javisor.backend;

import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * A guest's disk, in Java. A machine's disk device hands it the guest's requests; it carries them
 * out at its own pace, in any order, and completes each.
 *
 * <pre>{@code
 * class Zeros implements BlockBackend {
 *   public long size() {
 *     return 1L << 30;
 *   }
 *
 *   public boolean readOnly() {
 *     return true;
 *   }
 *
 *   public void submit(BlockRequest request) {
 *     if (request.operation() == BlockOperation.READ) {
 *       request.copyFrom(0, new byte[(int) request.length()], 0, (int) request.length());
 *     }
 *     request.complete(BlockStatus.OK);
 *   }
 * }
 * builder.disk(new Zeros());
 * }</pre>
 *
 * <p><b>Threads.</b> {@link #submit} is called on a thread of the device, one for each of its
 * queues, so by several at once where a disk has several; never on a vCPU's thread. It may block:
 * then the requests behind it in the same queue wait. What is described by the other methods is
 * read once, when the machine is made, and must not change.
 *
 * <p><b>Order.</b> Requests that are under way at the same time may be carried out in any order,
 * also when they overlap. A FLUSH covers what was complete before it was submitted. When the guest
 * has ended by itself, the last request is a FLUSH by the machine, which waits half a minute for
 * it.
 *
 * <p><b>Pause, reset, snapshot and shutdown drain.</b> The device submits nothing more and waits
 * until each request is complete, however long that takes; so one that is never completed holds
 * them up (after 30 s the log says so). A machine that is closed calls {@link #cancel} at once,
 * waits five seconds for all of a disk's queues together, and lets go; completing a request after
 * that does nothing, and its buffers are zeros, or, if it never asked for one, there are none any
 * more ({@link IllegalStateException}).
 *
 * <p><b>Code that never returns.</b> While {@link #submit} or {@link #cancel} does not return, the
 * end of the machine is put off seven seconds at most. Then its thread is left alone, and named in
 * the log with its stack; it ends when it returns. Until then the guest's memory, which is empty,
 * keeps its addresses.
 *
 * <p><b>Errors.</b> What {@link #submit} throws fails the request with {@link BlockStatus#IOERR},
 * unless it is complete, and is logged; the machine goes on.
 *
 * <p>One backend serves one disk of one machine at a time. The machine never closes it: it belongs
 * to whoever made it.
 */
public interface BlockBackend extends AutoCloseable {
  /** The size in bytes, a multiple of 512 and at least 512. */
  long size();

  /**
   * The unit that the disk likes best, in bytes: a power of two from 512 to 65536. The guest is
   * told, and may ask for less all the same, down to 512.
   */
  default int blockSize() {
    return 512;
  }

  /** Whether it cannot be changed. The guest is told; requests that would change it do not come. */
  default boolean readOnly() {
    return false;
  }

  /**
   * Whether it has a use for DISCARD and WRITE_ZEROES. The guest is told; if not, neither comes.
   */
  default boolean discards() {
    return false;
  }

  /** What it is, for logs. */
  default String description() {
    String name = getClass().getName();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /**
   * Takes a request. Sooner or later, here or on another thread, {@link BlockRequest#complete} ends
   * it.
   */
  void submit(BlockRequest request);

  /**
   * Asks to complete at once whatever is under way, with whatever status: the machine is being
   * closed, and will not wait much longer. Called on any thread.
   */
  default void cancel() {}

  /** Gives back what it holds. Not while a machine uses it. */
  @Override
  default void close() {}

  /**
   * A disk in the JVM's heap, all zeros at first. It takes heap only for what is written, by the
   * megabyte, and gives it back when the guest discards it. Its content is there for the next
   * machine that uses it, until nobody refers to it.
   *
   * @param size in bytes, a multiple of 512, up to 1 TiB
   * @throws IllegalArgumentException if it cannot have that size
   */
  static BlockBackend inMemory(long size) {
    return new MemoryDisk(size);
  }

  /**
   * A disk that starts out as a file's content, and keeps what the guest writes to itself: the file
   * stays as it is. The changes go to a nameless file in {@code java.io.tmpdir} that takes space
   * for what was written only, and is gone when this is closed, or the process ends.
   *
   * @param base a raw image or a block device; it is locked against writers, here and in other
   *     processes, until this is closed
   * @throws UncheckedIOException if the file cannot be read or is locked by a writer, or if there
   *     is no room for temporary files
   * @throws IllegalArgumentException if its size is no multiple of 512, zero, or above 16 TiB
   */
  static BlockBackend overlay(Path base) {
    return OverlayDisk.over(base);
  }
}
