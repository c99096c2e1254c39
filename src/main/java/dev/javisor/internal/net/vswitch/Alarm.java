package dev.javisor.internal.net.vswitch;

/** Time, and a call when it has come. Threading: any thread. */
public interface Alarm extends AutoCloseable {
  /** Nanoseconds since some moment; they never go back. */
  long nanos();

  /**
   * Asks for a call.
   *
   * @param nanos the latest it is wanted; an earlier wish stays, and serves for all
   */
  void set(long nanos);

  /** No call comes once this has returned, unless it is made from within one. */
  @Override
  void close();
}
