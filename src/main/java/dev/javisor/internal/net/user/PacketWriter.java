package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;

/**
 * Writes packets to guests: {@link #begin}, then the payload to the buffer, then {@link #end}. They
 * leave as single frames; what is too long for one is dropped. Threading: the network's.
 */
final class PacketWriter {
  private static final int MOST = Wire.ETHERNET + Wire.IPV6_HEADER + 65535;
  private static final int DONT_FRAGMENT = 0x4000;
  private static final int USUAL_HOPS = 64;
  private static final int VERSION4 = 0x4500;
  private static final int VERSION6 = 0x6000_0000;
  private static final long MULTICAST6 = 0xff;

  private final FrameOut out;
  private final Neighbours neighbours;
  private final Counters counters;
  private final ByteBuffer bytes = ByteBuffer.allocate(MOST);
  private IpAddress from = IpAddress.v4(0);
  private IpAddress to = IpAddress.v4(0);
  private int protocol;
  private int start;

  PacketWriter(FrameOut out, Neighbours neighbours, Counters counters) {
    this.out = out;
    this.neighbours = neighbours;
    this.counters = counters;
  }

  /** Starts a packet with 64 hops to go. */
  ByteBuffer begin(IpAddress source, IpAddress target, int number) {
    return begin(source, target, number, USUAL_HOPS);
  }

  /** Starts a packet; returns a buffer at the transport's header. */
  ByteBuffer begin(IpAddress source, IpAddress target, int number, int hops) {
    from = source;
    to = target;
    protocol = number;
    bytes.clear().position(Wire.ETHERNET);
    if (source.ipv6()) {
      bytes.putInt(VERSION6).putShort((short) 0).put((byte) number).put((byte) hops);
    } else {
      bytes.putShort((short) VERSION4).putShort((short) 0);
      bytes.putShort((short) 0).putShort((short) DONT_FRAGMENT);
      bytes.put((byte) hops).put((byte) number).putShort((short) 0);
    }
    source.put(bytes);
    target.put(bytes);
    start = bytes.position();
    return bytes;
  }

  /** Sends it to whoever has the address; to nobody if that is not known. */
  void end() {
    boolean group = to.ipv6() && to.high() >>> 56 == MULTICAST6;
    long mac = group ? 0x3333_0000_0000L | to.low() & 0xffff_ffffL : neighbours.mac(to);
    if (mac < 0) {
      counters.unreachable++;
    } else {
      end(mac);
    }
  }

  /** Sends it to a MAC address. */
  void end(long mac) {
    int end = bytes.position();
    if (end - Wire.ETHERNET > out.mtu()) {
      counters.overflowed++;
      return;
    }
    ethernet(bytes, mac, from.ipv6());
    if (from.ipv6()) {
      bytes.putShort(Wire.ETHERNET + 4, (short) (end - start));
    } else {
      bytes.putShort(Wire.ETHERNET + 2, (short) (end - Wire.ETHERNET));
      int sum = InternetChecksum.sum(bytes, Wire.ETHERNET, Wire.IPV4_HEADER);
      bytes.putShort(Wire.ETHERNET + 10, (short) InternetChecksum.finish(sum));
    }
    checksum(end);
    bytes.limit(end).position(0);
    out.send(bytes);
  }

  /** Writes an Ethernet header to a buffer's start. */
  static void ethernet(ByteBuffer frame, long mac, boolean ipv6) {
    frame.putShort(0, (short) (mac >>> 32)).putInt(2, (int) mac);
    frame.putShort(6, (short) (Subnet.HOST_MAC >>> 32)).putInt(8, (int) Subnet.HOST_MAC);
    int type = ipv6 ? Wire.ETHERTYPE_IPV6 : Wire.ETHERTYPE_IPV4;
    frame.putShort(Wire.TYPE_OFFSET, (short) type);
  }

  private void checksum(int end) {
    int pseudo =
        InternetChecksum.pseudoHeader(
            from.high(), from.low(), to.high(), to.low(), protocol, end - start);
    int sum = InternetChecksum.sum(bytes, start, end - start);
    int field =
        switch (protocol) {
          case Wire.ICMP -> InternetChecksum.finish(sum);
          case Wire.ICMPV6 -> InternetChecksum.finish(InternetChecksum.add(pseudo, sum));
          default -> InternetChecksum.finishUdp(InternetChecksum.add(pseudo, sum));
        };
    bytes.putShort(start + (protocol == Wire.UDP ? 6 : 2), (short) field);
  }

  /** Sends a datagram. */
  void udp(IpAddress source, int sourcePort, IpAddress target, int targetPort, ByteBuffer data) {
    ByteBuffer packet = beginUdp(source, sourcePort, target, targetPort);
    if (data.remaining() > packet.remaining()) {
      counters.overflowed++;
      return;
    }
    packet.put(data);
    endUdp();
    end();
  }

  /** Starts a datagram; returns a buffer at its payload. */
  ByteBuffer beginUdp(IpAddress source, int sourcePort, IpAddress target, int targetPort) {
    ByteBuffer packet = begin(source, target, Wire.UDP);
    return packet
        .putShort((short) sourcePort)
        .putShort((short) targetPort)
        .putShort((short) 0)
        .putShort((short) 0);
  }

  /** Fills in the datagram's length. */
  void endUdp() {
    bytes.putShort(start + 4, (short) (bytes.position() - start));
  }
}
