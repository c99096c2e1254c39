package dev.javisor.internal.packages;

/** Told how a fetch goes on. Called by the fetching thread. */
public interface Progress {
  /**
   * A step has begun.
   *
   * @param what the step, such as {@code downloading linux-image-cloud-amd64 6.1.1}
   */
  void step(String what);

  /**
   * The step goes on.
   *
   * @param done bytes so far
   * @param total bytes in all, or 0 if unknown
   */
  void bytes(long done, long total);
}
