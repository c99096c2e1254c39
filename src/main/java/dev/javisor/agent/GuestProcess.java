package dev.javisor.agent;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A command that runs in a guest, with its streams.
 *
 * <pre>{@code
 * try (GuestProcess log = vm.agent().command("journalctl", "-f").start()) {
 *   BufferedReader lines = new BufferedReader(new InputStreamReader(log.stdout(), UTF_8));
 *   String first = lines.readLine();
 * }
 * }</pre>
 *
 * <p>Each stream keeps 256 KiB at most: a command whose output nobody reads stops when it has
 * printed that much and what a pipe holds, and ends only once it is read.
 *
 * <p>Errors: when the guest ends or the agent is lost, streams fail with an {@link
 * java.io.IOException} whose cause is the {@link dev.javisor.error.AgentException}, and {@link
 * #exit} completes with that.
 *
 * <p>Threading: any thread; one that reads and one that writes a stream at a time. A thread that is
 * interrupted in a stream gets an {@link java.io.InterruptedIOException}.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface GuestProcess extends AutoCloseable {
  /** Its process id in the guest, positive. */
  long pid();

  /**
   * Its standard input. A write waits while the command does not read; written bytes are sent at
   * once. Closing it ends the command's input.
   */
  OutputStream stdin();

  /** Its standard output. */
  InputStream stdout();

  /** Its standard error; empty with a terminal, or where it goes to standard output. */
  InputStream stderr();

  /**
   * Sends a signal to it and its children, unless they have left its process group. Does nothing
   * once it has ended.
   *
   * @param number 1 to 64, as Linux numbers them on x86-64
   */
  void signal(int number);

  /** Sends SIGKILL. */
  void kill();

  /**
   * Tells its terminal another size. Does nothing without a terminal.
   *
   * @param cols columns, 1 to 65535
   * @param rows rows, 1 to 65535
   */
  void resize(int cols, int rows);

  /**
   * Waits for its end, while its output is read by others or fits.
   *
   * @throws dev.javisor.error.GuestTimeoutException if it did not end; it goes on
   * @throws dev.javisor.error.AgentException if the agent was lost, or this was closed before
   * @throws InterruptedException if the thread is interrupted; it goes on
   */
  ExitStatus waitFor(Duration timeout) throws InterruptedException;

  /**
   * How it ended, once it has; completes on a thread of Javisor's that must not be blocked. Fails
   * with an {@link dev.javisor.error.AgentException} if that is never to be known.
   */
  CompletableFuture<ExitStatus> exit();

  /**
   * Kills it if it runs still, and gives up its streams: what was not read is lost. Does not wait
   * for the guest.
   */
  @Override
  void close();
}
