package dev.javisor.internal.block;

/**
 * One queue's way to a disk. Requests end by {@link DiskRequest.Owner#completed}, which is called
 * from within {@link #submit}, {@link #commit} and {@link #reap} only.
 *
 * <p>Threading: one thread at a time. Nothing here throws for what guests or disks do.
 */
public interface DiskQueue extends AutoCloseable {
  /** Takes a request; it may end at once, or only start with {@link #commit}. */
  void submit(DiskRequest request);

  /** Ends a batch: what was submitted is started. */
  void commit();

  /** Ends the requests that are done. */
  void reap();

  /** Whether there is something to reap. */
  boolean hasResult();

  /**
   * Waits until there is something to reap, or for that long. Only while requests are under way.
   */
  void await(long nanos);

  /** Asks that requests end soon, whatever their status. */
  default void cancel() {}

  /**
   * Gives back what it holds. Requests that are still under way never end; the disk is not to touch
   * their memory any more.
   */
  @Override
  default void close() {}
}
