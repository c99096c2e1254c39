package dev.javisor;

/**
 * A port of the host to which the guest can connect. Threading: any thread.
 *
 * <pre>{@code
 * try (VsockListener listener = vm.vsock().listen(5000, channel -> channel.close())) {
 *   vm.waitFor(Wait.console("connected to port " + listener.port()));
 * }
 * }</pre>
 */
public interface VsockListener extends AutoCloseable {
  /** The port, an unsigned number. */
  int port();

  /** Takes no more connections; those that there are go on. Later calls do nothing. */
  @Override
  void close();
}
