package dev.javisor.error;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A command printed more than its output limit. It has been killed.
 *
 * <pre>{@code
 * try {
 *   vm.agent().command("yes").outputLimit(1_000_000).run();
 * } catch (OutputLimitException e) {
 *   String firstMegabyte = e.partialStdout();
 * }
 * }</pre>
 */
public final class OutputLimitException extends JavisorException {
  private static final long serialVersionUID = 1L;

  private final long limit;
  private final byte[] stdout;
  private final byte[] stderr;

  /**
   * @param argv the program and its arguments
   * @param stream the stream that became too long, such as {@code stdout}
   * @param limit how many bytes it may have
   * @param stdout the first {@code limit} bytes of standard output, or fewer
   * @param stderr the first {@code limit} bytes of standard error, or fewer
   */
  public OutputLimitException(
      List<String> argv, String stream, long limit, byte[] stdout, byte[] stderr) {
    super(
        ("%s printed more than %d bytes to %s, and was killed; allow more by outputLimit(bytes), or"
                + " read the streams as they come by start()")
            .formatted(argv, limit, stream),
        null);
    this.limit = limit;
    this.stdout = stdout.clone();
    this.stderr = stderr.clone();
  }

  /** How many bytes a stream may have. */
  public long limit() {
    return limit;
  }

  /** What the command printed, up to the limit, as UTF-8. */
  public String partialStdout() {
    return new String(stdout, StandardCharsets.UTF_8);
  }

  /** What the command printed to its standard error, up to the limit, as UTF-8. */
  public String partialStderr() {
    return new String(stderr, StandardCharsets.UTF_8);
  }
}
