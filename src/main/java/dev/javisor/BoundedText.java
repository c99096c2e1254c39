package dev.javisor;

/**
 * A text that a pattern may look at until a moment, so that a pattern that backtracks without end
 * ends all the same.
 *
 * <p>Threading: one thread.
 */
final class BoundedText implements CharSequence {
  /** Looking at the clock costs more than all the rest. */
  private static final int LOOKS_BETWEEN_CHECKS = 1024;

  private final String text;
  private final long until;
  private int looks;

  /**
   * @param until by {@link System#nanoTime}
   */
  BoundedText(String text, long until) {
    this.text = text;
    this.until = until;
  }

  /** The time was up, or the thread was interrupted. */
  static final class TimeUp extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TimeUp() {
      super("the pattern was not done with the console's text in time", null, false, false);
    }
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    if (++looks % LOOKS_BETWEEN_CHECKS == 0
        && (System.nanoTime() - until > 0 || Thread.currentThread().isInterrupted())) {
      throw new TimeUp();
    }
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
