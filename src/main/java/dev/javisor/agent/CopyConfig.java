package dev.javisor.agent;

import java.time.Duration;

/**
 * How a copy is made.
 *
 * <pre>{@code
 * vm.agent()
 *     .copyIn(
 *         Path.of("site"),
 *         "/srv/www",
 *         copy -> copy.owner(33, 33).timeout(Duration.ofMinutes(2)));
 * }</pre>
 *
 * <p>Threading: the call in which it is told.
 *
 * <p>Not meant to be implemented outside Javisor: methods will be added.
 */
public interface CopyConfig {
  /**
   * Sets how long the copy may take in all. Default: 10 minutes.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  CopyConfig timeout(Duration timeout);

  /**
   * Sets how many bytes of files may be copied; beyond that the copy fails with {@code EFBIG}.
   * Default: no limit.
   *
   * @throws IllegalArgumentException if it is negative
   */
  CopyConfig limit(long bytes);

  /**
   * Sets to whom copies in the guest belong. Default: root. Copies on the host belong to this
   * process's user, whatever this says.
   *
   * @param uid the user's number, unsigned
   * @param gid the group's number, unsigned
   */
  CopyConfig owner(int uid, int gid);

  /** Copies what the source leads to, if that is itself a link. Links below it stay links. */
  CopyConfig followSource();

  /** Tells how far the copy is, as it goes on. Default: nobody. */
  CopyConfig listener(CopyListener listener);
}
