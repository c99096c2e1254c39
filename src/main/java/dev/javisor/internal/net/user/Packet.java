package dev.javisor.internal.net.user;

import dev.javisor.backend.NetFrame;
import dev.javisor.internal.net.OffloadedFrame;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.net.tcp.SegmentSource;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A frame that the guest sends, looked at: RFC 791, RFC 8200. Headers are a copy, as the guest may
 * change what it sent; the rest is copied when it is asked for. Reused.
 *
 * <p>Threading: the network's.
 *
 * <p>Not modelled: fragments, options of IPv4 and extension headers of IPv6, which are skipped or
 * drop the packet; VLAN tags.
 */
final class Packet implements SegmentSource {
  /** What {@link #read} says of a frame. */
  enum Kind {
    BAD,
    FRAGMENT,
    OTHER,
    ARP,
    IP
  }

  /** The longest frame: TSO's, with the headers of Ethernet. */
  private static final int MOST = 65536 + 22;

  /** Enough for each header up to the transport's. */
  private static final int HEAD = 128;

  private static final int FRAGMENT_BITS = 0x3fff;
  private static final int FRAGMENT_HEADER = 44;
  private static final int PROTOCOL4_OFFSET = 9;
  private static final int LONG_BITS = 0xffff;

  private final ByteBuffer bytes = ByteBuffer.allocate(MOST);
  private @Nullable NetFrame frame;
  private int copied;
  private boolean ipv6;
  private long sourceHigh;
  private long sourceLow;
  private long targetHigh;
  private long targetLow;
  private int protocol;
  private int hopLimit;
  private int start;
  private int length;

  /** Looks at a frame, which must stay until the packet is done with. */
  Kind read(NetFrame next) {
    frame = next;
    int total = next.length();
    if (total < Wire.ETHERNET || total > MOST) {
      return Kind.BAD;
    }
    copied = 0;
    copy(Math.min(total, HEAD));
    return switch (bytes.getShort(Wire.TYPE_OFFSET) & LONG_BITS) {
      case Wire.ETHERTYPE_ARP -> Kind.ARP;
      case Wire.ETHERTYPE_IPV4 -> readIpv4(total - Wire.ETHERNET);
      case Wire.ETHERTYPE_IPV6 -> readIpv6(total - Wire.ETHERNET);
      default -> Kind.OTHER;
    };
  }

  private void copy(int end) {
    NetFrame from = frame;
    if (from != null && end > copied) {
      bytes.clear().position(copied).limit(end);
      from.copyTo(copied, bytes);
      copied = end;
    }
    bytes.clear().limit(copied);
  }

  private Kind readIpv4(int room) {
    int at = Wire.ETHERNET;
    if (room < Wire.IPV4_HEADER || bytes.get(at) >>> 4 != 4) {
      return Kind.BAD;
    }
    int header = (bytes.get(at) & 0xf) * Integer.BYTES;
    int total = bytes.getShort(at + 2) & LONG_BITS;
    if (header < Wire.IPV4_HEADER || total < header || total > room) {
      return Kind.BAD;
    }
    if (!InternetChecksum.intact(InternetChecksum.sum(bytes, at, header))) {
      return Kind.BAD;
    }
    if ((bytes.getShort(at + 6) & FRAGMENT_BITS) != 0) {
      return Kind.FRAGMENT;
    }
    ipv6 = false;
    hopLimit = bytes.get(at + 8) & 0xff;
    protocol = bytes.get(at + PROTOCOL4_OFFSET) & 0xff;
    sourceHigh = 0;
    sourceLow = bytes.getInt(at + 12) & 0xffff_ffffL;
    targetHigh = 0;
    targetLow = bytes.getInt(at + 16) & 0xffff_ffffL;
    start = at + header;
    length = total - header;
    return hopLimit == 0 ? Kind.BAD : Kind.IP;
  }

  private Kind readIpv6(int room) {
    int at = Wire.ETHERNET;
    if (room < Wire.IPV6_HEADER || (bytes.get(at) & 0xf0) != 0x60) {
      return Kind.BAD;
    }
    length = bytes.getShort(at + 4) & LONG_BITS;
    protocol = bytes.get(at + 6) & 0xff;
    hopLimit = bytes.get(at + 7) & 0xff;
    if (length > room - Wire.IPV6_HEADER || hopLimit == 0) {
      return Kind.BAD;
    }
    ipv6 = true;
    sourceHigh = bytes.getLong(at + 8);
    sourceLow = bytes.getLong(at + 16);
    targetHigh = bytes.getLong(at + 24);
    targetLow = bytes.getLong(at + 32);
    start = at + Wire.IPV6_HEADER;
    return skipHopByHop();
  }

  /** Multicast reports (MLD) have one; all other extension headers stay what the protocol is. */
  private Kind skipHopByHop() {
    if (protocol == FRAGMENT_HEADER) {
      return Kind.FRAGMENT;
    }
    if (protocol != 0) {
      return Kind.IP;
    }
    int end = start + length;
    if (length < 8 || start + 8 > copied) {
      return Kind.BAD;
    }
    int skipped = ((bytes.get(start + 1) & 0xff) + 1) * 8;
    if (skipped > length) {
      return Kind.BAD;
    }
    protocol = bytes.get(start) & 0xff;
    start += skipped;
    length = end - start;
    return protocol == FRAGMENT_HEADER ? Kind.FRAGMENT : Kind.IP;
  }

  /** The destination's MAC address. */
  long targetMac() {
    return bytes.getLong(0) >>> 16;
  }

  /** The sender's MAC address. */
  long sourceMac() {
    return bytes.getLong(4) & 0xffff_ffff_ffffL;
  }

  boolean ipv6() {
    return ipv6;
  }

  /** The number of the transport's protocol. */
  int protocol() {
    return protocol;
  }

  int hopLimit() {
    return hopLimit;
  }

  IpAddress source() {
    return new IpAddress(ipv6, sourceHigh, sourceLow);
  }

  IpAddress target() {
    return new IpAddress(ipv6, targetHigh, targetLow);
  }

  /** The bytes of the transport's header and payload. */
  @Override
  public int length() {
    return length;
  }

  /** Copies a part of the transport's header and payload. */
  @Override
  public void copyTo(int offset, ByteBuffer target) {
    NetFrame from = frame;
    int at = start + offset;
    if (at + target.remaining() <= copied) {
      target.put(bytes.slice(at, target.remaining()));
    } else if (from != null) {
      from.copyTo(at, target);
    }
  }

  /** The whole frame, copied; good until the next one. */
  ByteBuffer frame() {
    NetFrame from = frame;
    copy(from == null ? 0 : from.length());
    return bytes.duplicate();
  }

  /** The packet from the IP header on, as much of it as was copied. */
  ByteBuffer ip() {
    return bytes.slice(Wire.ETHERNET, copied - Wire.ETHERNET);
  }

  /** The transport's header and payload, copied; good until the next packet. */
  ByteBuffer transport() {
    copy(start + length);
    return bytes.slice(start, length);
  }

  /** Whether the guest left the checksum to somebody else. */
  boolean lacksChecksum() {
    return frame instanceof OffloadedFrame sent && sent.needsChecksum();
  }

  /** Whether the transport's checksum is right, with the pseudo header; copies all of it. */
  boolean isIntact() {
    int pseudo =
        InternetChecksum.pseudoHeader(
            sourceHigh, sourceLow, targetHigh, targetLow, protocol, length);
    return InternetChecksum.intact(InternetChecksum.add(pseudo, InternetChecksum.sum(transport())));
  }

  long sourceHigh() {
    return sourceHigh;
  }

  long sourceLow() {
    return sourceLow;
  }

  long targetHigh() {
    return targetHigh;
  }

  long targetLow() {
    return targetLow;
  }

  /** Forgets the frame. */
  void done() {
    frame = null;
  }
}
