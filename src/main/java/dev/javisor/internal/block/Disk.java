package dev.javisor.internal.block;

/**
 * A disk, whatever is behind it. Its values are constant.
 *
 * <p>Threading: any thread.
 */
public interface Disk extends AutoCloseable {
  /** The size in bytes, a multiple of 512, at least 512. */
  long size();

  /** The unit of addressing that the guest should keep to, in bytes: a power of two, from 512. */
  int logicalBlockSize();

  /** The unit that is written without reading first, in bytes: a power of two, from the logical. */
  int physicalBlockSize();

  /** Whether it refuses what would change it. */
  boolean readOnly();

  /** Whether it has a use for DISCARD and WRITE_ZEROES. */
  boolean discards();

  /** What it is and how it is reached, for logs. */
  String description();

  /**
   * Makes a queue's way to the disk. Called by the queue's worker.
   *
   * @param name of the queue, for logs
   * @param depth how many requests can be under way at once
   * @param waker by which the worker is woken
   */
  DiskQueue open(String name, int depth, DiskWaker waker);

  /**
   * Makes durable what was written, as the guest has ended by itself; what fails is logged. All
   * queues are closed.
   */
  void flush();

  /** Gives back what it holds; all its queues are closed. Later calls do nothing. */
  @Override
  void close();
}
