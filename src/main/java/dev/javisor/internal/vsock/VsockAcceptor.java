package dev.javisor.internal.vsock;

/** Takes the connections that the guest asks for. */
@FunctionalInterface
public interface VsockAcceptor {
  /**
   * The guest asks. Called on the device's worker: it must return at once, and not block.
   *
   * @param connection to be accepted, or closed, now or later, on any thread
   * @return false if nobody wants it; the guest is told
   */
  boolean offer(VsockConnection connection);
}
