package dev.javisor.internal.vsock.unix;

import dev.javisor.internal.unix.UnixSockets;
import dev.javisor.internal.vsock.VsockConnection;
import dev.javisor.internal.vsock.VsockHub;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Unix socket by which processes reach a guest's ports, as Firecracker and Cloud Hypervisor have
 * it (Firecracker docs/vsock.md): a client writes {@code CONNECT port} and a newline, and gets
 * {@code OK hostport}; the guest's connections to port P of the host go to the Unix socket with
 * {@code _P} at the end of its path.
 *
 * <p>One thread moves the bytes of all connections. Each has two buffers of {@link Relay#BUFFER}
 * bytes at most; while both ends take what is there, nothing waits. A client that takes nothing for
 * {@link #STALL}, though something waits for it, is cut off, and its connection with it.
 */
public final class HybridSocket implements AutoCloseable {
  /** Makes daemon threads that are not started. */
  @FunctionalInterface
  public interface Threads {
    /** Makes one for a task. */
    Thread newThread(String role, Runnable task);
  }

  private static final Logger log = LoggerFactory.getLogger(HybridSocket.class);
  private static final long END_MILLIS = 1000;

  /** How long a client may take nothing of what waits for it. */
  public static final Duration STALL = Duration.ofMinutes(1);

  private final VsockHub hub;
  private final long stall;
  private final Path path;
  private final ServerSocketChannel server;
  private final Selector selector;
  private final SelectionKey listening;
  private final Thread thread;
  private final Queue<VsockConnection> asked = new ConcurrentLinkedQueue<>();
  private final Queue<Relay> changed = new ConcurrentLinkedQueue<>();
  private final Set<Relay> relays = new HashSet<>();
  private volatile boolean closing;

  /**
   * Listens; replaces a socket file that nobody listens on.
   *
   * @throws IOException if it cannot
   */
  public HybridSocket(VsockHub hub, Path path, Threads threads) throws IOException {
    this(hub, path, threads, STALL);
  }

  /**
   * With another patience.
   *
   * @throws IOException if it cannot
   */
  public HybridSocket(VsockHub hub, Path path, Threads threads, Duration stall) throws IOException {
    this.hub = hub;
    this.stall = stall.toNanos();
    this.path = path;
    server = UnixSockets.listen(path);
    try {
      selector = Selector.open();
      server.configureBlocking(false);
      listening = server.register(selector, SelectionKey.OP_ACCEPT);
      thread = threads.newThread(hub.id() + "-socket", this::run);
    } catch (IOException | RuntimeException e) {
      server.close();
      Files.deleteIfExists(path);
      throw e;
    }
    thread.start();
    hub.listenElsewhere(
        connection -> {
          asked.add(connection);
          selector.wakeup();
          return true;
        });
  }

  private void run() {
    try {
      while (!closing) {
        selector.select(untilDue());
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.attachment() instanceof Relay relay) {
            relay.work();
          }
        }
        selector.selectedKeys().clear();
        serve();
      }
      relays.forEach(Relay::work);
    } catch (IOException | RuntimeException e) {
      log.warn("{}: nobody reaches the guest by it any more", path, e);
    } finally {
      release();
    }
  }

  private void serve() {
    accept();
    for (VsockConnection next; (next = asked.poll()) != null; ) {
      dial(next);
    }
    // Those that have more to do come again in the next round.
    for (int i = changed.size(); i > 0; i--) {
      Relay relay = changed.poll();
      if (relay != null) {
        relay.noticed();
        relay.work();
      }
    }
    long now = System.nanoTime();
    List<Relay> over = new ArrayList<>();
    for (Relay relay : relays) {
      if (relay.isOver(now)) {
        over.add(relay);
      }
    }
    over.forEach(Relay::close);
    over.forEach(relays::remove);
    listening.interestOps(relays.size() < VsockHub.MOST_CONNECTIONS ? SelectionKey.OP_ACCEPT : 0);
  }

  /** How long to wait for something to happen, in milliseconds; 0 for ever. */
  private long untilDue() {
    long now = System.nanoTime();
    long nanos = Long.MAX_VALUE;
    for (Relay relay : relays) {
      nanos = Math.min(nanos, relay.untilDue(now));
    }
    return nanos == Long.MAX_VALUE ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  private void accept() {
    try {
      SocketChannel client;
      while (relays.size() < VsockHub.MOST_CONNECTIONS && (client = server.accept()) != null) {
        add(client, null);
      }
    } catch (IOException e) {
      log.debug("{}: a client could not be taken", path, e);
    }
  }

  private void dial(VsockConnection connection) {
    Path target = Path.of(path + "_" + Integer.toUnsignedString(connection.hostPort()));
    SocketChannel client = null;
    try {
      client = SocketChannel.open(StandardProtocolFamily.UNIX);
      client.configureBlocking(false);
      if (!client.connect(UnixDomainSocketAddress.of(target))) {
        throw new IOException("too many wait there already");
      }
      add(client, connection);
    } catch (IOException | RuntimeException e) {
      log.debug("{}: the guest asks for it, and nobody is there", target, e);
      connection.close();
      closeQuietly(client);
    }
  }

  private void add(SocketChannel client, @Nullable VsockConnection guest) throws IOException {
    client.configureBlocking(false);
    SelectionKey key = client.register(selector, SelectionKey.OP_READ);
    Relay relay = new Relay(hub, client, key, stall, this::notice);
    key.attach(relay);
    relays.add(relay);
    if (guest != null) {
      relay.join(guest);
    }
    relay.work();
  }

  /** Something happened on the guest's side of a relay. Any thread. */
  private void notice(Relay relay) {
    changed.add(relay);
    selector.wakeup();
  }

  static void closeQuietly(@Nullable SocketChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      log.debug("cannot close {}", channel, e);
    }
  }

  private void release() {
    relays.forEach(Relay::close);
    for (VsockConnection next; (next = asked.poll()) != null; ) {
      next.close();
    }
    try {
      server.close();
      selector.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      log.warn("cannot remove {}", path, e);
    }
  }

  /** Stops listening, and ends what goes through here. */
  @Override
  public void close() {
    hub.listenElsewhere(null);
    closing = true;
    selector.wakeup();
    try {
      thread.join(END_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
