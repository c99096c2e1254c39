package dev.javisor.image;

/**
 * Told how the making of a disk goes on.
 *
 * <pre>{@code
 * class Lines implements ProgressListener {
 *   public void step(String what) {
 *     System.out.println(what);
 *   }
 *
 *   public void bytes(long done, long total) {}
 * }
 * }</pre>
 *
 * <p>Threading: called by the thread that asked for the disk, so it holds the work up for as long
 * as it takes; what it throws ends the work, and nothing is left of it.
 */
public interface ProgressListener {
  /**
   * A step has begun.
   *
   * @param what the step, such as {@code layer 2 of 5}
   */
  void step(String what);

  /**
   * The step has got further; at most once a MiB.
   *
   * @param done bytes so far
   * @param total bytes in all, or 0 if that is not known
   */
  void bytes(long done, long total);
}
