package dev.javisor.agent;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * What a command did that has ended.
 *
 * <pre>{@code
 * ExecResult result = vm.agent().exec("ls", "/nowhere");
 * if (result.exitCode() != 0) {
 *   throw new IllegalStateException(result.stderr());
 * }
 * }</pre>
 *
 * <p>Threading: immutable.
 */
public final class ExecResult {
  private static final int SHOWN = 2000;

  private final List<String> argv;
  private final ExitStatus status;
  private final byte[] stdout;
  private final byte[] stderr;
  private final Duration duration;

  /**
   * Javisor makes these; so may tests that mock an {@link Agent}.
   *
   * @param argv the program and its arguments
   * @param status how it ended
   * @param stdout what it printed
   * @param stderr what it printed to its standard error
   * @param duration how long it took, seen from the host
   */
  public ExecResult(
      List<String> argv, ExitStatus status, byte[] stdout, byte[] stderr, Duration duration) {
    this.argv = List.copyOf(argv);
    this.status = status;
    this.stdout = stdout.clone();
    this.stderr = stderr.clone();
    this.duration = duration;
  }

  /** The program and its arguments. */
  public List<String> argv() {
    return argv;
  }

  /** How it ended. */
  public ExitStatus status() {
    return status;
  }

  /** The exit code, 0 to 255; for a signal, 128 and its number, as shells tell it. */
  public int exitCode() {
    return status.code();
  }

  /** What it printed, as UTF-8, with its newlines; what is none becomes U+FFFD. */
  public String stdout() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  /** What it printed to its standard error, as UTF-8, with its newlines. */
  public String stderr() {
    return new String(stderr, StandardCharsets.UTF_8);
  }

  /** What it printed, as it came; a copy. */
  public byte[] stdoutBytes() {
    return stdout.clone();
  }

  /** What it printed to its standard error, as it came; a copy. */
  public byte[] stderrBytes() {
    return stderr.clone();
  }

  /** How long it took, seen from the host, with the wait for its turn. */
  public Duration duration() {
    return duration;
  }

  /**
   * This result, if the exit code is 0.
   *
   * @throws IllegalStateException if it is not, with the last of what was printed
   */
  public ExecResult requireSuccess() {
    if (!status.success()) {
      throw new IllegalStateException(toString());
    }
    return this;
  }

  /** The command, how it ended, and the last of what it printed. */
  @Override
  public String toString() {
    return argv + ": " + status + tail("stdout", stdout) + tail("stderr", stderr);
  }

  private static String tail(String name, byte[] bytes) {
    if (bytes.length == 0) {
      return "";
    }
    int from = Math.max(0, bytes.length - SHOWN);
    String text = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    return "\n" + name + (from > 0 ? ", the last of " + bytes.length + " bytes:\n" : ":\n") + text;
  }
}
