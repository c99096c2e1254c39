package dev.javisor.image;

import dev.javisor.internal.image.tree.Progress;

/** Passes progress on. */
record Listening(ProgressListener listener) implements Progress {
  /** Tells nobody. */
  static final ProgressListener NOBODY =
      new ProgressListener() {
        @Override
        public void step(String what) {}

        @Override
        public void bytes(long done, long total) {}
      };

  @Override
  public void step(String what) {
    listener.step(what);
  }

  @Override
  public void bytes(long done, long total) {
    listener.bytes(done, total);
  }
}
