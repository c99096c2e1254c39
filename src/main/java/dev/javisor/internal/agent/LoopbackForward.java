package dev.javisor.internal.agent;

import dev.javisor.agent.PortForward;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes connections on the host's loopback, each of which is relayed to the guest. */
final class LoopbackForward implements PortForward {
  private static final Logger LOG = LoggerFactory.getLogger(LoopbackForward.class);
  private static final String HOST = "127.0.0.1";
  private static final byte[] LOOPBACK = {127, 0, 0, 1};
  private static final int BACKLOG = 128;
  private static final long MOST_WAIT_MILLIS = 1000;

  private final Calls calls;
  private final ThreadFactory threads;
  private final ServerSocketChannel server;
  private final InetSocketAddress address;
  private final int guestPort;
  private final Semaphore room;
  private final Consumer<? super LoopbackForward> closed;
  private volatile @Nullable Thread acceptor;
  private final Set<RelayedConnection> connections = ConcurrentHashMap.newKeySet();

  /**
   * @param most how many connections it has at a time; others wait in the port's queue
   * @param closed told of the close
   * @throws BindException if the port cannot be had
   */
  LoopbackForward(
      Calls calls,
      ThreadFactory threads,
      int hostPort,
      int guestPort,
      int most,
      Consumer<? super LoopbackForward> closed)
      throws IOException {
    this.calls = calls;
    this.threads = threads;
    this.guestPort = guestPort;
    this.closed = closed;
    room = new Semaphore(most);
    server = ServerSocketChannel.open();
    boolean bound = false;
    try {
      server.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), hostPort), BACKLOG);
      address = (InetSocketAddress) server.getLocalAddress();
      bound = true;
    } finally {
      if (!bound) {
        server.close();
      }
    }
  }

  void start() {
    Thread thread = threads.newThread(this::accept);
    acceptor = thread;
    thread.start();
  }

  private void accept() {
    try (server) {
      while (true) {
        room.acquire();
        take(server.accept());
      }
    } catch (IOException | InterruptedException e) {
      if (server.isOpen()) {
        LOG.warn("{}: takes no more connections", this, e);
      }
    }
  }

  private void take(SocketChannel socket) {
    RelayedConnection connection =
        new RelayedConnection(calls, threads, socket, guestPort, this::gone);
    connections.add(connection);
    connection.start();
    if (!server.isOpen()) {
      connection.reset();
    }
  }

  private void gone(RelayedConnection connection) {
    if (connections.remove(connection)) {
      room.release();
    }
  }

  @Override
  public String host() {
    return HOST;
  }

  @Override
  public int port() {
    return address.getPort();
  }

  @Override
  public int guestPort() {
    return guestPort;
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public URI uri(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("a path from / on, not \"" + path + '"');
    }
    return URI.create("http://" + HOST + ':' + port() + path);
  }

  @Override
  public void close() {
    Channels.closeQuietly(server);
    connections.forEach(RelayedConnection::reset);
    // The acceptor may wait for room.
    room.release();
    awaitAcceptor();
    closed.accept(this);
  }

  /** While it is still inside accept(2), the kernel takes connections. */
  private void awaitAcceptor() {
    Thread thread = acceptor;
    if (thread != null) {
      try {
        thread.join(MOST_WAIT_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public String toString() {
    return HOST + ':' + port() + " to the guest's port " + guestPort;
  }
}
