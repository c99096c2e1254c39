package dev.javisor.examples.pool;

import java.time.Duration;

/** A machine that is up, and runs one command of somebody. */
public interface Worker extends AutoCloseable {
  /** How a command ended. */
  enum End {
    EXITED,
    OUT_OF_TIME,
    TOO_MUCH_OUTPUT,
    /** The machine ended first, or the command could not be started. */
    FAILED
  }

  /**
   * What came of a command.
   *
   * @param exitCode its exit code, 128 and the number of a signal; 0 unless it {@link End#EXITED}
   * @param output what it wrote, up to the limit, or why it failed
   */
  record Outcome(End end, int exitCode, byte[] output) {}

  /** Runs a command of a shell. */
  Outcome run(String command, Duration limit, long mostOutput) throws InterruptedException;

  /** Ends the machine, and a command in it. */
  @Override
  void close();
}
