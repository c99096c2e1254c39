package dev.javisor.internal.net;

/**
 * One queue's way in.
 *
 * <p>Threading: one thread at a time. Nothing here throws for what guests do.
 */
public interface NetReceiver extends FrameSource, AutoCloseable {
  /**
   * Drops the next frame.
   *
   * @return false if there is none
   */
  boolean discard();

  /** The queue was looked after, and may have room again. No lock is held. */
  default void serviced() {}

  /** Gives back what it holds. */
  @Override
  void close();
}
