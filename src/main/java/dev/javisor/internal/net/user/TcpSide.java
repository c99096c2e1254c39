package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.net.tcp.TcpAddresses;
import dev.javisor.internal.net.tcp.TcpConfig;
import dev.javisor.internal.net.tcp.TcpConnection;
import dev.javisor.internal.net.tcp.TcpHandler;
import dev.javisor.internal.net.tcp.TcpListener;
import dev.javisor.internal.net.tcp.TcpStack;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The guest's TCP: what it opens leads to sockets of this host or to Java code, and others open
 * connections to it. No more than {@value #MOST_SOCKETS} have a socket of this host each, which
 * guests share.
 *
 * <p>Threading: the network's.
 */
final class TcpSide implements TcpListener, AutoCloseable {
  static final int MOST_SOCKETS = 1024;

  private static final Logger log = LoggerFactory.getLogger(TcpSide.class);
  private static final int MOST_CONNECTIONS = 2048;

  /** More than one of several guests can have sockets: it keeps the others from nothing. */
  private static final int MOST_HALF_OPEN = MOST_SOCKETS * 3 / 4;

  private static final int MOST_RESTING = 2048;
  private static final int FIRST_EPHEMERAL = 49152;
  private static final int EPHEMERALS = 16384;
  private static final long RETRY_NANOS = 20_000_000L;

  /** Takes connections to the hosts that Java code plays. */
  interface Services {
    /**
     * Takes a connection.
     *
     * @param guest whose it is; null for the one that is alone
     * @return false if nobody plays that, or it has too many
     */
    boolean offer(TcpConnection connection, @Nullable String guest, IpAddress host, int port);
  }

  private final Subnet subnet;
  private final Loop loop;
  private final Names names;
  private final Neighbours neighbours;
  private final Egress egress;
  private final Counters counters;
  private final Services services;
  private final TcpStack stack;
  private final LongSupplier nanos;
  private final Set<TcpRelay> relays = new HashSet<>();
  private final Set<TcpRelay> starved = new HashSet<>();
  private final FairShare sockets = new FairShare(MOST_SOCKETS);
  private final ByteBuffer ports = ByteBuffer.allocate(Integer.BYTES);
  private long retryAt;
  private int ephemeral;

  TcpSide(
      Subnet subnet,
      Loop loop,
      FrameOut out,
      Names names,
      Neighbours neighbours,
      Egress egress,
      Counters counters,
      Services services,
      LongSupplier nanos,
      RandomGenerator random) {
    this.subnet = subnet;
    this.loop = loop;
    this.names = names;
    this.neighbours = neighbours;
    this.egress = egress;
    this.counters = counters;
    this.services = services;
    this.nanos = nanos;
    TcpConfig config =
        TcpConfig.defaults(out.mtu()).withLimits(MOST_CONNECTIONS, MOST_HALF_OPEN, MOST_RESTING);
    stack = new TcpStack(config, nanos, random, new TcpFrames(out, neighbours, counters), this);
    ephemeral = random.nextInt(EPHEMERALS);
  }

  /** Takes a segment that is intact, for a host that is played or one outside. */
  void receive(Packet packet) {
    packet.copyTo(0, ports.clear());
    TcpAddresses ends =
        stack.addresses(
            packet.ipv6(),
            packet.sourceHigh(),
            packet.sourceLow(),
            ports.getShort(0) & 0xffff,
            packet.targetHigh(),
            packet.targetLow(),
            ports.getShort(2) & 0xffff);
    stack.receive(ends, packet);
  }

  @Override
  public void onSyn(TcpConnection connection) {
    TcpAddresses ends = connection.addresses();
    IpAddress target = new IpAddress(ends.ipv6(), ends.localHigh(), ends.localLow());
    boolean gateway = target.equals(subnet.gateway(target.ipv6()));
    String guest = guest(ends);
    if (names.isHost(target) && !gateway) {
      if (!services.offer(connection, guest, target, ends.localPort())) {
        connection.refuse();
      }
    } else if (!egress.allows(target, ends.localPort())) {
      counters.refused++;
      connection.refuse();
    } else {
      dial(connection, guest, target, ends.localPort());
    }
  }

  private void dial(TcpConnection connection, @Nullable String guest, IpAddress target, int port) {
    if (!sockets.take(guest)) {
      overflowed(connection);
      return;
    }
    TcpRelay relay;
    try {
      relay = new TcpRelay(this, loop, guest, SocketChannel.open(), connection);
    } catch (IOException e) {
      log.debug("{}: no socket for it", connection.addresses(), e);
      sockets.give(guest);
      overflowed(connection);
      return;
    }
    relays.add(relay);
    try {
      relay.dial(Outside.address(subnet, target, port));
    } catch (IOException | RuntimeException e) {
      // The latter too: a JVM without IPv6 says so by UnsupportedAddressTypeException.
      log.debug("{}: its socket is not connected", connection.addresses(), e);
      relay.abandoned();
      overflowed(connection);
    }
  }

  private void overflowed(TcpConnection connection) {
    counters.overflowed++;
    connection.refuse();
  }

  @Override
  public @Nullable String guest(TcpAddresses ends) {
    return neighbours.guest(new IpAddress(ends.ipv6(), ends.remoteHigh(), ends.remoteLow()));
  }

  @Override
  public void onAbandoned(TcpConnection connection) {
    for (TcpRelay relay : relays) {
      if (relay.isFor(connection)) {
        relay.abandoned();
        return;
      }
    }
  }

  /**
   * Opens a connection to the guest.
   *
   * @throws dev.javisor.internal.net.tcp.TcpLimitException if there are too many
   */
  TcpConnection connect(IpAddress guest, int port, TcpHandler handler) {
    IpAddress own = subnet.gateway(guest.ipv6());
    for (int i = 0; ; i++) {
      ephemeral = (ephemeral + 1) % EPHEMERALS;
      TcpAddresses ends =
          new TcpAddresses(
              guest.ipv6(),
              guest.high(),
              guest.low(),
              port,
              own.high(),
              own.low(),
              FIRST_EPHEMERAL + ephemeral);
      try {
        return stack.connect(ends, handler);
      } catch (IllegalStateException e) {
        if (i > MOST_CONNECTIONS) {
          throw e;
        }
      }
    }
  }

  /**
   * Connects a socket to a guest; it is reset if that cannot be.
   *
   * @param name of the guest; null for the one that is alone
   */
  void forward(SocketChannel channel, @Nullable String name, int guestPort) {
    Optional<IpAddress> guest = address(name);
    if (guest.isEmpty() || !sockets.take(name)) {
      TcpRelay.reset(channel);
      return;
    }
    TcpRelay relay = new TcpRelay(this, loop, name, channel, null);
    relays.add(relay);
    try {
      relay.serve(handler -> connect(guest.get(), guestPort, handler));
    } catch (IOException | RuntimeException e) {
      log.debug("{}: not forwarded", channel, e);
      relay.abandoned();
    }
  }

  /**
   * A guest's address, if it was heard of.
   *
   * @param name of the guest; null for the one that is alone
   */
  Optional<IpAddress> address(@Nullable String name) {
    return neighbours.address(name);
  }

  /** The address that a guest is likely to have; empty if nobody knows. */
  Optional<IpAddress> expected(@Nullable String name) {
    // One that was restored, and has been silent since, has its first address.
    return name == null
        ? Optional.of(subnet.host(false, Subnet.FIRST_GUEST))
        : neighbours.expected(name);
  }

  void ended(TcpRelay relay) {
    if (relays.remove(relay)) {
      sockets.give(relay.guestName());
    }
    starved.remove(relay);
  }

  /** There is a reader for a socket, and no memory: it is asked again later. */
  void starved(TcpRelay relay) {
    if (starved.isEmpty()) {
      retryAt = nanos.getAsLong() + RETRY_NANOS;
    }
    starved.add(relay);
  }

  /** Sends what is due. */
  void flush() {
    stack.flush();
  }

  /** Does what is due by now. */
  void tick() {
    stack.tick();
    if (!starved.isEmpty() && nanos.getAsLong() - retryAt >= 0) {
      Set<TcpRelay> again = Set.copyOf(starved);
      starved.clear();
      again.forEach(TcpRelay::writable);
    }
  }

  /** When {@link #tick} is due. */
  long nextDeadline() {
    long next = stack.nextDeadline();
    return starved.isEmpty() ? next : Math.min(next, retryAt);
  }

  int sockets() {
    return relays.size();
  }

  @Override
  public void close() {
    stack.close();
    Set.copyOf(relays).forEach(TcpRelay::abandoned);
  }
}
