package dev.javisor.error;

import java.time.Duration;
import java.util.Optional;

/**
 * How far one condition of a wait got. Not meant to be implemented outside Javisor.
 *
 * <pre>{@code
 * void explain(WaitException e) {
 *   for (WaitProgress condition : e.conditions()) {
 *     if (condition.metAfter().isEmpty()) {
 *       System.err.println(condition.condition() + ": " + condition.lastFailure());
 *     }
 *   }
 * }
 * }</pre>
 */
public interface WaitProgress {
  /** What was waited for, such as {@code the console shows "login:"}. */
  String condition();

  /** How long after the wait's begin it was met; empty if it was not. */
  Optional<Duration> metAfter();

  /** How often it was tried. */
  int tries();

  /** Why the last try found it not met; empty if it is met or was never tried. */
  String lastFailure();
}
