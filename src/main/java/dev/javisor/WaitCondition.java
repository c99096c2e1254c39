package dev.javisor;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Something about a guest that holds or does not. */
interface WaitCondition {
  /** What is waited for. */
  String description();

  /**
   * Tells, without asking the guest, why it cannot hold yet.
   *
   * @return why, or null if it may hold
   * @throws RuntimeException if it never will, because of how the machine was built
   */
  default @Nullable String hindrance(VirtualMachine vm) {
    return null;
  }

  /**
   * Looks once.
   *
   * @param limit how long that may take; the thread is interrupted then
   * @return why it does not hold, or null if it does
   * @throws InterruptedException if the thread is interrupted
   */
  @Nullable String tryOnce(VirtualMachine vm, Duration limit) throws InterruptedException;

  /** The longest that one look may take, before the machine's timeout multiplier. */
  Duration longestTry();

  /**
   * Whether the host alone can tell if it holds: it can then still be found to hold when the guest
   * has ended, and is looked at by the thread that waits. For all others a guest that hangs can
   * hold up who looks: that is a thread of its own.
   */
  boolean outlivesTheGuest();
}
