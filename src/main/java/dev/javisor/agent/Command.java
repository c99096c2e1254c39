package dev.javisor.agent;

import java.io.InputStream;
import java.time.Duration;

/**
 * A command to be run in a guest.
 *
 * <pre>{@code
 * ExecResult sorted =
 *     vm.agent().command("sort", "-n")
 *         .env("LC_ALL", "C")
 *         .directory("/tmp")
 *         .stdin("3\n1\n2\n")
 *         .timeout(Duration.ofSeconds(10))
 *         .run();
 * }</pre>
 *
 * <p>Unless said otherwise: it runs as root, in root's home, without input, with PATH, HOME, USER,
 * LOGNAME, SHELL and LANG=C.UTF-8 in its environment.
 *
 * <p>Threading: one thread at a time. It may be run many times, unless its input is a stream.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface Command {
  /**
   * Sets an environment variable; the last value counts.
   *
   * @throws IllegalArgumentException if the name is empty or has a {@code =} in it, or either a NUL
   */
  Command env(String name, String value);

  /** Leaves out the environment variables that are set by default. */
  Command clearEnvironment();

  /** Sets the folder in which it runs. Default: the user's home, or {@code /}. */
  Command directory(String path);

  /**
   * Sets the user as whom it runs, by the guest's {@code /etc/passwd}.
   *
   * @param user {@code name}, {@code uid}, {@code name:group} or {@code uid:gid}
   */
  Command user(String user);

  /** Gives it a text as its input, in UTF-8. */
  Command stdin(String text);

  /** Gives it its input. The array is copied. */
  Command stdin(byte[] bytes);

  /**
   * Gives it a stream as its input, which {@link #run} reads on a thread of its own until the
   * stream or the command ends, and does not close. A read that is under way when the command ends
   * is interrupted.
   */
  Command stdin(InputStream stream);

  /** Has it print its errors to standard output, in their order; standard error is empty. */
  Command mergeErrors();

  /**
   * Gives it a terminal. Its errors go to standard output, its lines end in CR LF, and the end of
   * input is Ctrl-D.
   *
   * @param cols columns, 1 to 65535
   * @param rows rows, 1 to 65535
   */
  Command terminal(int cols, int rows);

  /**
   * Sets for how long {@link #run} may take in all, and how long {@link #start} waits for the
   * start. Default: a minute.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  Command timeout(Duration timeout);

  /**
   * Sets how much {@link #run} keeps of each of the two streams, in bytes. Default: 16 MiB.
   *
   * @throws IllegalArgumentException if it is negative or above 1 GiB
   */
  Command outputLimit(long bytes);

  /**
   * Runs it and waits for its end. Children that it leaves behind go on, and are not waited for.
   *
   * @return also of a command that failed
   * @throws dev.javisor.error.GuestExecException if it cannot be started
   * @throws dev.javisor.error.GuestTimeoutException if its time is up; it is killed
   * @throws dev.javisor.error.OutputLimitException if it prints too much; it is killed
   * @throws dev.javisor.error.AgentException if the agent is not there, or is lost
   * @throws InterruptedException if the thread is interrupted; the command is killed
   */
  ExecResult run() throws InterruptedException;

  /**
   * Starts it; its streams are then the caller's, and its time and output have no limits. Input
   * that was set by {@link #stdin(String)} and its like is sent first, and is then at its end.
   *
   * @throws dev.javisor.error.GuestExecException if it cannot be started
   * @throws dev.javisor.error.GuestTimeoutException if it is not started in time
   * @throws dev.javisor.error.AgentException if the agent is not there, or is lost
   * @throws InterruptedException if the thread is interrupted
   */
  GuestProcess start() throws InterruptedException;
}
