package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries datagrams between guests and the world, by a connected socket of this host for each pair
 * of guest's and other end: nobody else can send to the guest through it. A flow that is idle for a
 * minute ends; where there are too many, or too many of a guest that shares the network, the one
 * that was idle longest does. RFC 4787 asks for two minutes and for one socket for all others;
 * programs that need that do not work here.
 *
 * <p>Threading: the network's.
 */
final class UdpNat implements AutoCloseable {
  static final int MOST_FLOWS = 512;
  static final long IDLE_NANOS = 60_000_000_000L;

  private static final Logger log = LoggerFactory.getLogger(UdpNat.class);

  /** Datagrams that are read of one socket before others have their turn. */
  private static final int BATCH = 16;

  private record Ends(IpAddress guest, int guestPort, IpAddress other, int otherPort) {}

  private static final class Flow {
    final Ends ends;
    final @Nullable String guestName;
    final DatagramChannel channel;
    ByteBuffer quote = ByteBuffer.allocate(0);
    long used;

    Flow(Ends ends, @Nullable String guestName, DatagramChannel channel) {
      this.ends = ends;
      this.guestName = guestName;
      this.channel = channel;
    }
  }

  private final Subnet subnet;
  private final Loop loop;
  private final Neighbours neighbours;
  private final PacketWriter writer;
  private final IcmpHost icmp;
  private final Egress egress;
  private final Counters counters;
  private final LongSupplier nanos;
  private final Map<Ends, Flow> flows = new LinkedHashMap<>(16, 0.75f, true);
  private final FairShare places = new FairShare(MOST_FLOWS);
  private final ByteBuffer received = ByteBuffer.allocateDirect(65535);

  UdpNat(
      Subnet subnet,
      Loop loop,
      Neighbours neighbours,
      PacketWriter writer,
      IcmpHost icmp,
      Egress egress,
      Counters counters,
      LongSupplier nanos) {
    this.subnet = subnet;
    this.loop = loop;
    this.neighbours = neighbours;
    this.writer = writer;
    this.icmp = icmp;
    this.egress = egress;
    this.counters = counters;
    this.nanos = nanos;
  }

  /**
   * Takes a guest's datagram for somebody outside.
   *
   * @param packet the datagram, intact
   * @param payload of it
   */
  void send(Packet packet, int sourcePort, int targetPort, ByteBuffer payload) {
    Ends ends = new Ends(packet.source(), sourcePort, packet.target(), targetPort);
    Flow flow = flows.get(ends);
    try {
      if (flow == null) {
        if (!egress.allows(ends.other, targetPort)) {
          counters.refused++;
          icmp.unreachable(packet, IcmpHost.Reason.PROHIBITED);
          return;
        }
        flow = open(ends);
      }
      flow.used = nanos.getAsLong();
      ByteBuffer ip = packet.ip();
      flow.quote = ip.limit() <= 128 ? copy(ip) : copy(ip.slice(0, 128));
      if (flow.channel.write(payload) == 0) {
        counters.overflowed++;
      }
    } catch (PortUnreachableException e) {
      icmp.unreachable(packet, IcmpHost.Reason.NO_PORT);
    } catch (IOException | RuntimeException e) {
      // The latter too: a JVM without IPv6 says so by UnsupportedAddressTypeException.
      log.debug("{}", ends, e);
      counters.unreachable++;
      icmp.unreachable(packet, IcmpHost.Reason.NO_HOST);
    }
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
  }

  private Flow open(Ends ends) throws IOException {
    String guest = neighbours.guest(ends.guest);
    if (!places.take(guest)) {
      end(eldest(guest));
      places.take(guest);
    }
    DatagramChannel channel;
    try {
      channel = DatagramChannel.open();
    } catch (IOException e) {
      places.give(guest);
      throw e;
    }
    Flow flow = new Flow(ends, guest, channel);
    flows.put(ends, flow);
    try {
      channel.configureBlocking(false);
      channel.connect(Outside.address(subnet, ends.other, ends.otherPort));
      loop.register(channel, SelectionKey.OP_READ, key -> receive(flow));
      return flow;
    } catch (IOException | RuntimeException e) {
      end(flow);
      throw e;
    }
  }

  /** The flow that was idle longest: this guest's, or, if it has none, anybody's. */
  private Flow eldest(@Nullable String guest) {
    return flows.values().stream()
        .filter(flow -> Objects.equals(flow.guestName, guest))
        .findFirst()
        .orElseGet(() -> flows.values().iterator().next());
  }

  private void end(Flow flow) {
    if (flows.remove(flow.ends, flow)) {
      places.give(flow.guestName);
    }
    Loop.close(flow.channel);
  }

  private void receive(Flow flow) {
    Ends ends = flow.ends;
    try {
      for (int i = 0; i < BATCH; i++) {
        received.clear();
        if (flow.channel.receive(received) == null) {
          return;
        }
        flow.used = nanos.getAsLong();
        flows.get(ends);
        writer.udp(ends.other, ends.otherPort, ends.guest, ends.guestPort, received.flip());
      }
    } catch (PortUnreachableException e) {
      icmp.unreachable(ends.other, ends.guest, IcmpHost.Reason.NO_PORT, flow.quote);
    } catch (IOException e) {
      log.debug("{}", ends, e);
      end(flow);
    }
  }

  /** Ends flows that are idle for too long. */
  void tick() {
    long now = nanos.getAsLong();
    while (!flows.isEmpty()) {
      Flow eldest = flows.values().iterator().next();
      if (now - eldest.used < IDLE_NANOS) {
        return;
      }
      end(eldest);
    }
  }

  /** When the next flow ends; a long time after now for none. */
  long nextDeadline() {
    return flows.isEmpty()
        ? nanos.getAsLong() + Long.MAX_VALUE / 2
        : flows.values().iterator().next().used + IDLE_NANOS;
  }

  int size() {
    return flows.size();
  }

  @Override
  public void close() {
    flows.values().forEach(flow -> Loop.close(flow.channel));
    flows.clear();
  }
}
