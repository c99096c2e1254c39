package dev.javisor;

import java.io.IOException;

/**
 * Serves a connection that the guest has made.
 *
 * <pre>{@code
 * VsockHandler echo =
 *     channel -> Channels.newInputStream(channel).transferTo(Channels.newOutputStream(channel));
 * vm.vsock().listen(7, echo);
 * }</pre>
 */
@FunctionalInterface
public interface VsockHandler {
  /**
   * Serves it. It may block.
   *
   * @param channel is closed when this returns
   * @throws IOException if the connection fails; that is logged at level debug
   */
  void handle(VsockChannel channel) throws IOException;
}
