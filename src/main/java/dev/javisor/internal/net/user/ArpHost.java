package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;

/**
 * Tells guests the MAC address of the hosts that are played, and asks for theirs: RFC 826.
 * Threading: the network's.
 */
final class ArpHost {
  private static final int LENGTH = 28;
  private static final long GROUP = 1L << 40;
  private static final int REQUEST = 1;
  private static final int REPLY = 2;
  private static final long ETHERNET_IPV4 = 0x0001_0800_0604L;
  private static final int SENDER_MAC = Wire.ETHERNET + 8;
  private static final int SENDER_IP = Wire.ETHERNET + 14;
  private static final int TARGET_IP = Wire.ETHERNET + 24;

  private final Subnet subnet;
  private final Neighbours neighbours;
  private final Names names;
  private final FrameOut out;
  private final Counters counters;
  private final ByteBuffer answer = ByteBuffer.allocate(Wire.ETHERNET + LENGTH);

  ArpHost(Subnet subnet, Neighbours neighbours, Names names, FrameOut out, Counters counters) {
    this.subnet = subnet;
    this.neighbours = neighbours;
    this.names = names;
    this.out = out;
    this.counters = counters;
  }

  /** Takes a frame with an ARP message. */
  void receive(ByteBuffer frame) {
    if (frame.remaining() < Wire.ETHERNET + LENGTH
        || frame.getLong(Wire.ETHERNET) >>> 16 != ETHERNET_IPV4) {
      counters.malformed++;
      return;
    }
    int operation = frame.getShort(Wire.ETHERNET + 6);
    long mac = frame.getLong(SENDER_MAC) >>> 16;
    IpAddress sender = IpAddress.v4(frame.getInt(SENDER_IP));
    IpAddress target = IpAddress.v4(frame.getInt(TARGET_IP));
    if ((mac & GROUP) != 0) {
      counters.spoofed++;
      return;
    }
    boolean accepted = subnet.isGuests(sender) ? neighbours.heard(sender, mac) : sender.low() == 0;
    if (!accepted) {
      counters.spoofed++;
      return;
    }
    if (operation == REQUEST && names.isHost(target)) {
      write(REPLY, target, mac, sender);
    }
  }

  /** Asks who has an address. */
  void ask(IpAddress address) {
    write(REQUEST, subnet.gateway(false), Wire.BROADCAST_MAC, address);
  }

  private void write(int operation, IpAddress own, long mac, IpAddress other) {
    PacketWriter.ethernet(answer, mac, false);
    answer.putShort(Wire.TYPE_OFFSET, (short) Wire.ETHERTYPE_ARP);
    answer.clear().position(Wire.ETHERNET);
    answer.putShort((short) (ETHERNET_IPV4 >>> 32)).putInt((int) ETHERNET_IPV4);
    answer.putShort((short) operation);
    answer.putShort((short) (Subnet.HOST_MAC >>> 32)).putInt((int) Subnet.HOST_MAC);
    own.put(answer);
    long asked = operation == REQUEST ? 0 : mac;
    answer.putShort((short) (asked >>> 32)).putInt((int) asked);
    other.put(answer);
    out.send(answer.flip());
  }
}
