package dev.javisor.agent;

import java.net.InetSocketAddress;
import java.net.URI;

/**
 * A port on the host's loopback that leads to a TCP port in the guest.
 *
 * <pre>{@code
 * try (PortForward web = vm.agent().forward(80)) {
 *   URI page = web.uri("/index.html");
 *   String jdbc = "jdbc:postgresql://%s:%d/db".formatted(web.host(), web.port());
 * }
 * }</pre>
 *
 * <p>Any user of the host can connect to it. A connection that the guest's service refuses is
 * reset; so are all when the agent is lost. While the agent is not there, connections wait for it
 * for 10 seconds. Each connection costs two threads and counts as a call of the {@link Agent}.
 *
 * <p>Threading: any thread.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface PortForward extends AutoCloseable {
  /** The host's address, 127.0.0.1. */
  String host();

  /** The host's port. */
  int port();

  /** The port in the guest. */
  int guestPort();

  /** {@link #host} and {@link #port}. */
  InetSocketAddress address();

  /**
   * A URI of the scheme {@code http} at this port.
   *
   * @param path path and query, from {@code /} on
   * @throws IllegalArgumentException if that makes no URI
   */
  URI uri(String path);

  /** Closes the port and resets its connections. Later calls do nothing. */
  @Override
  void close();
}
