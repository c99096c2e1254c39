package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;

/**
 * Answers pings to the hosts that are played, and says what cannot be reached: RFC 792, RFC 4443.
 * No more than {@value #BURST} messages of what cannot be reached are sent at once, and as many in
 * a second.
 *
 * <p>Threading: the network's.
 */
final class IcmpHost {
  static final int BURST = 100;

  private static final long SECOND = 1_000_000_000L;
  private static final int ECHO_REPLY = 0;
  private static final int ECHO = 8;
  private static final int UNREACHABLE = 3;
  private static final int ECHO6 = 128;
  private static final int ECHO_REPLY6 = 129;
  private static final int UNREACHABLE6 = 1;

  /** How much of a packet comes back with an error: its header, ports and some more. */
  private static final int QUOTED = 128;

  /** Why something cannot be reached, with the codes of ICMP and ICMPv6. */
  enum Reason {
    NO_HOST(1, 3),
    NO_PORT(3, 4),
    PROHIBITED(13, 1);

    private final int code;
    private final int code6;

    Reason(int code, int code6) {
      this.code = code;
      this.code6 = code6;
    }
  }

  private final Subnet subnet;
  private final PacketWriter writer;
  private final Names names;
  private final Counters counters;
  private final LongSupplier nanos;
  private long refilled;
  private int left = BURST;

  IcmpHost(Subnet subnet, PacketWriter writer, Names names, Counters counters, LongSupplier nanos) {
    this.subnet = subnet;
    this.writer = writer;
    this.names = names;
    this.counters = counters;
    this.nanos = nanos;
    refilled = nanos.getAsLong();
  }

  /** Whether a message that is intact is a ping. */
  static boolean isEcho(Packet packet) {
    ByteBuffer message = packet.transport();
    return message.hasRemaining() && (message.get(0) & 0xff) == (packet.ipv6() ? ECHO6 : ECHO);
  }

  /** Answers a whole ping of a host that is played. */
  void answer(Packet packet) {
    ByteBuffer message = packet.transport();
    ByteBuffer answer = writer.begin(packet.target(), packet.source(), packet.protocol());
    answer.put((byte) (packet.ipv6() ? ECHO_REPLY6 : ECHO_REPLY)).put((byte) 0);
    answer.putShort((short) 0).put(message.position(4));
    writer.end();
  }

  /** Tells the sender of a packet that it cannot get there. */
  void unreachable(Packet packet, Reason reason) {
    ByteBuffer quote = packet.ip();
    unreachable(packet.target(), packet.source(), reason, quote);
  }

  /**
   * Tells a guest that something cannot be reached.
   *
   * @param at where it was to get
   * @param quote the packet from its IP header on, or its beginning
   */
  void unreachable(IpAddress at, IpAddress guest, Reason reason, ByteBuffer quote) {
    if (!mayTell()) {
      return;
    }
    IpAddress from = names.isHost(at) ? at : subnet.gateway(at.ipv6());
    ByteBuffer answer = writer.begin(from, guest, at.ipv6() ? Wire.ICMPV6 : Wire.ICMP);
    answer.put((byte) (at.ipv6() ? UNREACHABLE6 : UNREACHABLE));
    answer.put((byte) (at.ipv6() ? reason.code6 : reason.code));
    answer.putShort((short) 0).putInt(0);
    answer.put(quote.slice(0, Math.min(QUOTED, quote.limit())));
    writer.end();
  }

  private boolean mayTell() {
    long now = nanos.getAsLong();
    if (now - refilled >= SECOND) {
      refilled = now;
      left = BURST;
    }
    return left-- > 0;
  }
}
