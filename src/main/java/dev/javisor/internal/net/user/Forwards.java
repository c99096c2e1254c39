package dev.javisor.internal.net.user;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ports of this host's loopback that lead to ports of guests. Threading: guarded by {@code this};
 * connections are taken in the network.
 */
final class Forwards implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Forwards.class);
  private static final int BACKLOG = 128;
  private static final int FIRST_UNPRIVILEGED = 1024;

  private final Map<Target, ServerSocketChannel> byTarget = new HashMap<>();
  private final List<ServerSocketChannel> all = new ArrayList<>();
  private boolean closed;

  /**
   * Where a port leads.
   *
   * @param guest its name; null for the one that is alone
   */
  record Target(@Nullable String guest, int port) {}

  /** What keeps a port from being listened on, and what helps; empty if nothing. */
  static String problem(int hostPort) {
    try (ServerSocketChannel tried = bind(hostPort)) {
      return "";
    } catch (IOException e) {
      return hint(hostPort, e);
    }
  }

  private static ServerSocketChannel bind(int hostPort) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      channel.bind(new InetSocketAddress(loopback, hostPort), BACKLOG);
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static String hint(int port, IOException e) {
    boolean denied = String.valueOf(e.getMessage()).contains("ermission denied");
    if (e instanceof SocketException && denied && port < FIRST_UNPRIVILEGED) {
      return "ports below 1024 are root's: take a higher one, or 0 for a free one, or have root"
          + " run sysctl net.ipv4.ip_unprivileged_port_start="
          + port;
    }
    return e instanceof BindException
        ? "another program listens on it (ss -ltnp tells which): take another one, or 0 for a free"
            + " one"
        : "cannot be listened on: " + e.getMessage();
  }

  /**
   * Listens, and passes on what connects.
   *
   * @param hostPort or 0 for a free one
   * @throws IllegalStateException if that cannot be, saying why and what helps; or if the network
   *     has ended
   */
  synchronized void open(int hostPort, Target target, Loop loop, ForwardQueue queue) {
    if (closed) {
      throw new IllegalStateException("the machine does not run: it has no ports");
    }
    ServerSocketChannel channel;
    try {
      channel = bind(hostPort);
    } catch (IOException e) {
      throw new IllegalStateException("host port %d: %s".formatted(hostPort, hint(hostPort, e)), e);
    }
    all.add(channel);
    byTarget.putIfAbsent(target, channel);
    loop.execute(() -> register(channel, target, loop, queue));
  }

  private static void register(
      ServerSocketChannel channel, Target target, Loop loop, ForwardQueue queue) {
    try {
      channel.configureBlocking(false);
      loop.register(
          channel, SelectionKey.OP_ACCEPT, key -> accept(channel::accept, key, target, queue));
    } catch (IOException e) {
      throw new IllegalStateException("a port is not forwarded: " + e.getMessage(), e);
    }
  }

  /** Takes a connection. Where this host has no socket for it, the port rests for a moment. */
  static void accept(Acceptor port, SelectionKey key, Target target, ForwardQueue queue) {
    SocketChannel accepted;
    try {
      accepted = port.accept();
    } catch (IOException e) {
      log.debug("a forwarded port rests", e);
      key.interestOps(0);
      queue.afterPause(
          () -> {
            if (key.isValid()) {
              key.interestOps(SelectionKey.OP_ACCEPT);
            }
          });
      return;
    }
    if (accepted != null) {
      queue.forward(accepted, target.guest, target.port);
    }
  }

  /** A port that is listened on. */
  @FunctionalInterface
  interface Acceptor {
    /** The next connection; null if there is none. */
    @Nullable SocketChannel accept() throws IOException;
  }

  /** The host's port that leads somewhere; 0 if there is none. */
  synchronized int hostPort(Target target) {
    ServerSocketChannel channel = byTarget.get(target);
    return channel == null ? 0 : channel.socket().getLocalPort();
  }

  @Override
  public synchronized void close() {
    closed = true;
    all.forEach(Loop::close);
    all.clear();
    byTarget.clear();
  }
}
