package dev.javisor.internal.net.user;

import dev.javisor.backend.NetFrame;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;

/**
 * Looks at what guests send, and hands it to whom it is for. What is malformed, a fragment, or from
 * an address that no guest has here, is dropped and counted. Threading: the network's.
 */
final class UserStack {
  private static final int UDP_CHECKSUM = 6;
  private static final long GROUP = 1L << 40;

  /** What the stack hands packets to. */
  record Parts(
      Subnet subnet,
      Names names,
      Neighbours neighbours,
      ArpHost arp,
      IcmpHost icmp,
      Ndp ndp,
      DhcpServer dhcp,
      DnsServer dns,
      UdpNat nat,
      EchoNat echoes,
      PacketWriter writer,
      Counters counters) {}

  private final Parts parts;
  private final Subnet subnet;
  private final Counters counters;
  private final Packet packet = new Packet();
  private final TcpSide tcp;

  UserStack(Parts parts, TcpSide tcp) {
    this.parts = parts;
    this.tcp = tcp;
    subnet = parts.subnet;
    counters = parts.counters;
  }

  /** Takes a frame, which is done with when this returns. */
  void receive(NetFrame frame) {
    switch (packet.read(frame)) {
      case BAD -> counters.malformed++;
      case FRAGMENT -> counters.fragments++;
      case ARP -> parts.arp.receive(packet.frame());
      case IP -> {
        if ((packet.sourceMac() & GROUP) != 0) {
          counters.spoofed++;
        } else if (isForUs() && isFromGuest()) {
          dispatch();
        }
      }
      default -> {
        // Other protocols are none of ours.
      }
    }
    packet.done();
  }

  private boolean isForUs() {
    long mac = packet.targetMac();
    return mac == Subnet.HOST_MAC || (mac & GROUP) != 0;
  }

  private boolean isFromGuest() {
    IpAddress source = packet.source();
    if (subnet.isGuests(source)) {
      boolean own = parts.neighbours.heard(source, packet.sourceMac());
      if (!own) {
        counters.spoofed++;
      }
      return own;
    }
    // DHCP, and whether somebody else has an address.
    boolean unnamed =
        source.high() == 0
            && source.low() == 0
            && packet.protocol() == (packet.ipv6() ? Wire.ICMPV6 : Wire.UDP)
            && (!packet.ipv6() || subnet.hasIpv6());
    if (!unnamed) {
      counters.spoofed++;
    }
    return unnamed;
  }

  private void dispatch() {
    switch (packet.protocol()) {
      case Wire.TCP -> tcp();
      case Wire.UDP -> udp();
      case Wire.ICMP, Wire.ICMPV6 -> icmp();
      default -> {
        if (isReachable()) {
          parts.icmp.unreachable(packet, IcmpHost.Reason.PROHIBITED);
        }
      }
    }
  }

  private void icmp() {
    boolean six = packet.protocol() == Wire.ICMPV6;
    boolean intact =
        six ? packet.isIntact() : InternetChecksum.intact(InternetChecksum.sum(packet.transport()));
    if (packet.ipv6() != six || !intact) {
      counters.malformed++;
    } else if (six && Ndp.isOne(packet.transport())) {
      parts.ndp.receive(packet);
    } else if (IcmpHost.isEcho(packet) && isReachable()) {
      // Errors are not answered, least of all by errors (RFC 1122 §3.2.2).
      echo();
    }
  }

  private void echo() {
    if (packet.length() < Wire.ICMP_HEADER) {
      counters.malformed++;
    } else if (parts.names.isHost(packet.target())) {
      parts.icmp.answer(packet);
    } else {
      parts.echoes.send(packet);
    }
  }

  private void tcp() {
    if (packet.length() < Wire.TCP_HEADER || !packet.lacksChecksum() && !packet.isIntact()) {
      counters.malformed++;
    } else if (isReachable()) {
      tcp.receive(packet);
    }
  }

  private void udp() {
    ByteBuffer datagram = packet.transport();
    int length = datagram.remaining() < Wire.UDP_HEADER ? 0 : datagram.getShort(4) & 0xffff;
    boolean whole = length >= Wire.UDP_HEADER && length <= datagram.remaining();
    if (!whole || !isChecked(datagram)) {
      counters.malformed++;
      return;
    }
    int sourcePort = datagram.getShort(0) & 0xffff;
    int targetPort = datagram.getShort(2) & 0xffff;
    ByteBuffer payload = datagram.slice(Wire.UDP_HEADER, length - Wire.UDP_HEADER);
    IpAddress target = packet.target();
    if (targetPort == Wire.DHCP_SERVER_PORT && !packet.ipv6() && isForDhcp(target)) {
      parts.dhcp.receive(payload, packet.source(), packet.sourceMac());
    } else if (!packet.ipv6() && packet.source().low() == 0) {
      counters.spoofed++;
    } else if (!isReachable()) {
      return;
    } else if (targetPort == Wire.DNS_PORT && target.equals(subnet.dns(packet.ipv6()))) {
      dns(payload, sourcePort);
    } else if (parts.names.isHost(target) && !isGateway(target)) {
      parts.icmp.unreachable(packet, IcmpHost.Reason.NO_PORT);
    } else {
      parts.nat.send(packet, sourcePort, targetPort, payload);
    }
  }

  private void dns(ByteBuffer query, int port) {
    IpAddress guest = packet.source();
    IpAddress server = packet.target();
    ByteBuffer kept = ByteBuffer.allocate(query.remaining()).put(query).flip();
    parts.dns.receive(
        kept,
        parts.neighbours.guest(guest),
        answer -> parts.writer.udp(server, Wire.DNS_PORT, guest, port, answer));
  }

  private boolean isChecked(ByteBuffer datagram) {
    boolean none = !packet.ipv6() && datagram.getShort(UDP_CHECKSUM) == 0;
    return none || packet.lacksChecksum() || packet.isIntact();
  }

  private boolean isForDhcp(IpAddress target) {
    return target.v4Bits() == -1
        || target.equals(subnet.broadcast())
        || target.equals(subnet.gateway(false));
  }

  private boolean isGateway(IpAddress target) {
    return target.equals(subnet.gateway(target.ipv6()));
  }

  /** Whether somebody can have the target's address; if not, a guest that may be told is told. */
  private boolean isReachable() {
    IpAddress target = packet.target();
    if (parts.names.isHost(target)) {
      return true;
    }
    if (!subnet.contains(target) && Outside.isUsable(target)) {
      return true;
    }
    counters.unreachable++;
    boolean group = (packet.targetMac() & GROUP) != 0;
    if (!group) {
      parts.icmp.unreachable(packet, IcmpHost.Reason.NO_HOST);
    }
    return false;
  }
}
