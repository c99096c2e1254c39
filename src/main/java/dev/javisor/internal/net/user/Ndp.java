package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * The router and the neighbours of a guest's IPv6: it says which network this is, and at which MAC
 * address its hosts are. RFC 4861; name servers as in RFC 8106.
 *
 * <p>Threading: the network's.
 *
 * <p>Not modelled: redirects, DHCPv6; whether a guest is still there is not asked.
 */
final class Ndp {
  static final int ROUTER_SOLICITATION = 133;
  static final int NEIGHBOUR_ADVERTISEMENT = 136;

  /** How often all are told of the router. */
  static final long PERIOD_NANOS = 600_000_000_000L;

  private static final int ROUTER_ADVERTISEMENT = 134;
  private static final int NEIGHBOUR_SOLICITATION = 135;
  private static final int HOPS = 255;
  private static final int ROUTER_SECONDS = 9000;
  private static final int TARGET = 8;
  private static final int SOLICITATION = 24;
  private static final int FROM_ROUTER_SOLICITED_OVERRIDE = 0xe000_0000;
  private static final int FROM_ROUTER_OVERRIDE = 0xa000_0000;
  private static final byte ON_LINK_AUTONOMOUS = (byte) 0xc0;
  private static final int SOURCE_MAC = 1;
  private static final int TARGET_MAC = 2;
  private static final int PREFIX = 3;
  private static final int MTU = 5;
  private static final int NAME_SERVER = 25;
  private static final int PREFIX_BITS = 64;
  private static final IpAddress ALL_NODES = IpAddress.v6(0xff02L << 48, 1);

  private final Subnet subnet;
  private final PacketWriter writer;
  private final Names names;
  private final FrameOut out;
  private final Counters counters;
  private final LongSupplier nanos;
  private long next;

  Ndp(
      Subnet subnet,
      PacketWriter writer,
      Names names,
      FrameOut out,
      Counters counters,
      LongSupplier nanos) {
    this.subnet = subnet;
    this.writer = writer;
    this.names = names;
    this.out = out;
    this.counters = counters;
    this.nanos = nanos;
    next = nanos.getAsLong() + PERIOD_NANOS;
  }

  /** Whether a message of ICMPv6 is one of these. */
  static boolean isOne(ByteBuffer message) {
    int type = message.hasRemaining() ? message.get(0) & 0xff : 0;
    return type >= ROUTER_SOLICITATION && type <= NEIGHBOUR_ADVERTISEMENT;
  }

  /** Takes a message that is intact. */
  void receive(Packet packet) {
    ByteBuffer message = packet.transport();
    if (packet.hopLimit() != HOPS) {
      counters.spoofed++;
      return;
    }
    IpAddress source = packet.source();
    boolean named = source.high() != 0 || source.low() != 0;
    switch (message.get(0) & 0xff) {
      case ROUTER_SOLICITATION -> advertise(named ? source : ALL_NODES);
      case NEIGHBOUR_SOLICITATION -> {
        if (message.remaining() < SOLICITATION) {
          counters.malformed++;
        } else {
          IpAddress target =
              IpAddress.v6(message.getLong(TARGET), message.getLong(TARGET + Long.BYTES));
          if (names.isHost(target)) {
            answer(target, named ? source : ALL_NODES, named);
          }
        }
      }
      default -> {
        // Who sent it was heard already.
      }
    }
  }

  private void answer(IpAddress host, IpAddress to, boolean solicited) {
    ByteBuffer answer = writer.begin(host, to, Wire.ICMPV6, HOPS);
    answer.put((byte) NEIGHBOUR_ADVERTISEMENT).put((byte) 0).putShort((short) 0);
    answer.putInt(solicited ? FROM_ROUTER_SOLICITED_OVERRIDE : FROM_ROUTER_OVERRIDE);
    host.put(answer);
    mac(answer, TARGET_MAC);
    writer.end();
  }

  private void advertise(IpAddress to) {
    ByteBuffer answer = writer.begin(Subnet.ROUTER_LINK_LOCAL, to, Wire.ICMPV6, HOPS);
    answer.put((byte) ROUTER_ADVERTISEMENT).put((byte) 0).putShort((short) 0);
    answer.put((byte) 64).put((byte) 0).putShort((short) ROUTER_SECONDS).putLong(0);
    mac(answer, SOURCE_MAC);
    answer.put((byte) MTU).put((byte) 1).putShort((short) 0).putInt(out.mtu());
    answer.put((byte) PREFIX).put((byte) 4).put((byte) PREFIX_BITS).put(ON_LINK_AUTONOMOUS);
    answer.putInt(-1).putInt(-1).putInt(0).putLong(subnet.high6()).putLong(0);
    answer.put((byte) NAME_SERVER).put((byte) 3).putShort((short) 0).putInt(-1);
    subnet.dns(true).put(answer);
    writer.end();
  }

  private static void mac(ByteBuffer answer, int option) {
    answer.put((byte) option).put((byte) 1);
    answer.putShort((short) (Subnet.HOST_MAC >>> 32)).putInt((int) Subnet.HOST_MAC);
  }

  /** Tells all of the router, when it is time. */
  void tick() {
    if (subnet.hasIpv6() && nanos.getAsLong() - next >= 0) {
      next = nanos.getAsLong() + PERIOD_NANOS;
      advertise(ALL_NODES);
    }
  }

  long nextDeadline() {
    return next;
  }
}
