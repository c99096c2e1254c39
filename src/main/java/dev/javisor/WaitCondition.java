package dev.javisor;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something about a guest that holds or does not. */
interface WaitCondition {
  /** What is waited for. */
  String description();

  /**
   * Looks once.
   *
   * @param limit how long that may take
   * @return why it does not hold, or null if it does
   * @throws InterruptedException if the thread is interrupted
   */
  @Nullable String tryOnce(VirtualMachine vm, Duration limit) throws InterruptedException;

  /** The longest that one look may take, so that others get their turn. */
  Duration longestTry();

  /** Whether it can still be found to hold when the guest has ended. */
  boolean outlivesTheGuest();
}
