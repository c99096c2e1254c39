package dev.javisor.internal.net;

/**
 * One queue's way out. A frame ends by {@link SentFrame.Owner#sent}, which is called from within
 * {@link #send}, {@link #flush} and {@link #reap} only.
 *
 * <p>Threading: one thread at a time. Nothing here throws for what guests do.
 */
public interface NetSender extends AutoCloseable {
  /** Takes a frame; it may end at once, or later, and may be kept until {@link #flush}. */
  void send(SentFrame frame);

  /** Sends all frames that were kept. */
  default void flush() {}

  /** Ends the frames that are done. */
  default void reap() {}

  /** Waits until there is something to reap, or for that long. Only while frames are under way. */
  default void await(long nanos) {}

  /** Asks that frames end soon, sent or not. */
  default void cancel() {}

  /** Gives back what it holds. Frames that are still under way never end. */
  @Override
  default void close() {}
}
