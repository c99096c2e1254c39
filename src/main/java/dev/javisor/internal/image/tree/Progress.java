package dev.javisor.internal.image.tree;

/** Told how long work goes on, by the thread that does it. What it throws ends the work. */
public interface Progress {
  /** Tells nobody. */
  Progress NONE =
      new Progress() {
        @Override
        public void step(String what) {}

        @Override
        public void bytes(long done, long total) {}
      };

  /** A step has begun. */
  void step(String what);

  /**
   * The step has got further.
   *
   * @param done bytes so far
   * @param total bytes in all, or 0 if that is not known
   */
  void bytes(long done, long total);
}
