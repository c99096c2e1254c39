package dev.javisor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Connections between this JVM and a guest that need no network: streams between ports of the guest
 * and of the host, whose address (CID) is 2. Linux's driver is {@code vmw_vsock_virtio_transport};
 * its programs use sockets of the family AF_VSOCK.
 *
 * <pre>{@code
 * VirtualMachine machine = builder.vsock().build();
 * machine.vsock().listen(5000, channel -> logger.info("port {}", channel.guestPort()));
 * machine.boot();
 * }</pre>
 *
 * <p>Ports are unsigned numbers of 32 bits: an {@code int} that is negative stands for one from
 * 2<sup>31</sup> on. -1 is none.
 *
 * <p>A machine has 1024 connections at most. Each keeps up to 256 KiB in each direction; who sends
 * more waits until the other side reads.
 *
 * <p>Threading: any thread.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface Vsock {
  /** The guest's address. */
  long cid();

  /**
   * The Unix socket at which other processes reach the guest, once the machine has booted: see
   * {@link dev.javisor.config.VsockConfig#socket}.
   */
  Optional<Path> socket();

  /**
   * Connects to a port of the guest: as {@link #connect(int, Duration)}, within 10 seconds.
   *
   * @throws dev.javisor.error.VsockException if it cannot
   */
  default VsockChannel connect(int port) throws IOException {
    return connect(port, Duration.ofSeconds(10));
  }

  /**
   * Connects to a port of the guest. Waits for the guest's driver, if that is not there yet; but a
   * guest whose driver is there and where nobody listens refuses at once.
   *
   * @param timeout how long to wait for the guest's answer
   * @throws dev.javisor.error.VsockException if it cannot, with the reason
   * @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted
   * @throws IllegalArgumentException if the port is -1
   */
  VsockChannel connect(int port, Duration timeout) throws IOException;

  /**
   * Takes the guest's connections to a port of the host, from now on, each on a daemon thread of
   * its own: as {@link #listen(int, Executor, VsockHandler)}.
   */
  VsockListener listen(int port, VsockHandler handler);

  /**
   * Takes the guest's connections to a port of the host, from now on, also before the boot and
   * after reboots.
   *
   * @param executor runs the handler, once for each connection and not in the call of its {@code
   *     execute} itself; a connection that it rejects is refused
   * @throws IllegalStateException if the port has a listener
   * @throws IllegalArgumentException if the port is -1
   */
  VsockListener listen(int port, Executor executor, VsockHandler handler);
}
