package dev.javisor.internal.virtio.net;

/** A queue at work. Threading: its worker, or the machine while that is paused. */
interface ServedQueue {
  /**
   * Goes one round.
   *
   * @return whether there is more to do at once
   */
  boolean service();

  /** Comes to rest: nothing that was taken is under way any more. */
  default void quiesce() {}

  /** Goes on after {@link #quiesce}. */
  default void resume() {}

  /** Makes {@link #quiesce} and {@link #close} return soon. Any thread. */
  default void cancel() {}

  /** Ends: no memory of the guest is touched afterwards. */
  default void close() {}
}
