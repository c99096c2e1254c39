package dev.javisor.config;

import java.io.IOException;

/**
 * Serves a TCP connection that a guest has made.
 *
 * <pre>{@code
 * NetHandler echo =
 *     channel -> Channels.newInputStream(channel).transferTo(Channels.newOutputStream(channel));
 * builder.net(net -> net.user(user -> user.listen("echo", 7, echo)));
 * }</pre>
 */
@FunctionalInterface
public interface NetHandler {
  /**
   * Serves it, on a thread of its own.
   *
   * @param channel is closed when this returns
   * @throws IOException if the connection fails; that is logged at level debug
   */
  void handle(NetChannel channel) throws IOException;
}
