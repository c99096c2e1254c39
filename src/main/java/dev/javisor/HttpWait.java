package dev.javisor;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A wait for an HTTP server's answer: {@link Wait#http}.
 *
 * <pre>{@code
 * vm.waitFor(Wait.http(8080, "/old").status(301).timeout(Duration.ofMinutes(2)));
 * }</pre>
 *
 * <p>Threading: immutable.
 */
public final class HttpWait extends Wait {
  private static final int OK = 200;

  private final int port;
  private final String path;

  private HttpWait(
      int port,
      String path,
      WaitCondition condition,
      @Nullable Duration timeout,
      @Nullable Duration interval) {
    super(condition, timeout, interval);
    this.port = port;
    this.path = path;
  }

  static HttpWait of(int port, String path) {
    return new HttpWait(port, path, AgentLooks.http(port, path, OK), null, null);
  }

  /**
   * The status to wait for. Default: 200. Redirections are not followed.
   *
   * @param status 200 to 599
   * @throws IllegalArgumentException if it is another
   */
  public HttpWait status(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status " + status + ": expected 200 to 599");
    }
    WaitCondition condition = AgentLooks.http(port, path, status);
    return new HttpWait(port, path, condition, ownTimeout(), ownInterval());
  }

  @Override
  public HttpWait timeout(Duration timeout) {
    return new HttpWait(port, path, condition(), positive(timeout, "timeout"), ownInterval());
  }

  @Override
  public HttpWait interval(Duration interval) {
    return new HttpWait(port, path, condition(), ownTimeout(), positive(interval, "interval"));
  }
}
