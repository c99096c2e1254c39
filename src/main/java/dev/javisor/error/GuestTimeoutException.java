package dev.javisor.error;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The time of a call into the guest is up. What the call was doing has been given up: a command is
 * killed, a copy stands half done. The agent and the guest go on.
 *
 * <pre>{@code
 * try {
 *   vm.agent().command("ping", "example.org").timeout(Duration.ofSeconds(5)).run();
 * } catch (GuestTimeoutException e) {
 *   String soFar = e.partialStdout();
 * }
 * }</pre>
 */
public final class GuestTimeoutException extends JavisorException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 500;

  private final Duration timeout;
  private final byte[] stdout;
  private final byte[] stderr;

  /**
   * @param message what took too long and what to do, in a sentence
   * @param timeout how long it had
   * @param stdout what a command had printed by then, or empty
   * @param stderr what a command had printed to its standard error by then, or empty
   */
  public GuestTimeoutException(String message, Duration timeout, byte[] stdout, byte[] stderr) {
    super(message + tail("stdout", stdout) + tail("stderr", stderr), null);
    this.timeout = timeout;
    this.stdout = stdout.clone();
    this.stderr = stderr.clone();
  }

  /** How long it had, with the machine's timeout multiplier in it. */
  public Duration timeout() {
    return timeout;
  }

  /** What a command had printed by then, as UTF-8; empty for other calls. */
  public String partialStdout() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  /** What a command had printed to its standard error by then, as UTF-8; empty for other calls. */
  public String partialStderr() {
    return new String(stderr, StandardCharsets.UTF_8);
  }

  /** {@link #partialStdout} as it came. */
  public byte[] partialStdoutBytes() {
    return stdout.clone();
  }

  /** {@link #partialStderr} as it came. */
  public byte[] partialStderrBytes() {
    return stderr.clone();
  }

  private static String tail(String name, byte[] bytes) {
    if (bytes.length == 0) {
      return "";
    }
    int from = Math.max(0, bytes.length - SHOWN);
    return "\nlast of "
        + name
        + ":\n"
        + new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
  }
}
