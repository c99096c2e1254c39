package dev.javisor.internal.net.user;

import dev.javisor.internal.net.FrameSource;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.ReceiveRoom;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.net.tcp.OutgoingSegment;
import dev.javisor.internal.net.tcp.SegmentSink;
import dev.javisor.internal.net.tcp.TcpAddresses;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Puts segments of TCP into frames for the guest. One that takes over checksums and cutting gets
 * segments of up to 64 KiB, whose payload is copied once, from where TCP keeps it to guest RAM.
 * Threading: the network's.
 */
final class TcpFrames implements SegmentSink {
  /** All of an IP packet but the longest header of TCP and, for IPv4, of IP. */
  private static final int LARGEST = 65535 - 60 - 20;

  private static final int CHECKSUM_OFFSET = 16;
  private static final byte NEEDS_CHECKSUM = 1;
  private static final byte GSO_TCPV4 = 1;
  private static final byte GSO_TCPV6 = 4;
  private static final int MOST_HEADERS = Wire.ETHERNET + Wire.IPV6_HEADER + 60;
  private static final int VERSION4 = 0x4500;
  private static final int VERSION6 = 0x6000_0000;
  private static final int DONT_FRAGMENT = 0x4000;
  private static final int HOPS = 64;

  private final FrameOut out;
  private final Neighbours neighbours;
  private final Counters counters;
  private final ByteBuffer frame = ByteBuffer.allocateDirect(Wire.ETHERNET + 65535);
  private final Large large = new Large();

  TcpFrames(FrameOut out, Neighbours neighbours, Counters counters) {
    this.out = out;
    this.neighbours = neighbours;
    this.counters = counters;
  }

  @Override
  public int largestPayload(boolean ipv6) {
    Offloads taken = out.offloads();
    return taken.checksum() && (ipv6 ? taken.tso6() : taken.tso4()) ? LARGEST : 0;
  }

  @Override
  public boolean segment(OutgoingSegment segment) {
    TcpAddresses ends = segment.addresses();
    long mac = neighbours.mac(new IpAddress(ends.ipv6(), ends.remoteHigh(), ends.remoteLow()));
    if (mac < 0) {
      counters.unreachable++;
      return true;
    }
    int start = headers(segment, mac);
    int pseudo =
        InternetChecksum.pseudoHeader(
            ends.localHigh(),
            ends.localLow(),
            ends.remoteHigh(),
            ends.remoteLow(),
            Wire.TCP,
            segment.length());
    if (out.offloads().checksum()) {
      frame.putShort(start + CHECKSUM_OFFSET, (short) pseudo);
      large.set(segment, start);
      return out.offer(large);
    }
    frame.putShort(start + CHECKSUM_OFFSET, (short) segment.checksum(pseudo));
    for (int i = 0; i < segment.pieces(); i++) {
      ByteBuffer piece = segment.piece(i);
      int at = piece.position();
      frame.put(piece);
      piece.position(at);
    }
    return out.offer(frame.flip());
  }

  /** Writes all headers; returns where that of TCP starts. */
  private int headers(OutgoingSegment segment, long mac) {
    TcpAddresses ends = segment.addresses();
    frame.clear().position(Wire.ETHERNET);
    PacketWriter.ethernet(frame, mac, ends.ipv6());
    if (ends.ipv6()) {
      frame.putInt(VERSION6).putShort((short) segment.length());
      frame.put((byte) Wire.TCP).put((byte) HOPS);
      frame.putLong(ends.localHigh()).putLong(ends.localLow());
      frame.putLong(ends.remoteHigh()).putLong(ends.remoteLow());
    } else {
      int total = Wire.IPV4_HEADER + segment.length();
      frame.putShort((short) VERSION4).putShort((short) total);
      frame.putShort((short) 0).putShort((short) DONT_FRAGMENT);
      frame.put((byte) HOPS).put((byte) Wire.TCP).putShort((short) 0);
      frame.putInt((int) ends.localLow()).putInt((int) ends.remoteLow());
      int sum = InternetChecksum.sum(frame, Wire.ETHERNET, Wire.IPV4_HEADER);
      frame.putShort(Wire.ETHERNET + 10, (short) InternetChecksum.finish(sum));
    }
    int start = frame.position();
    ByteBuffer header = segment.header();
    frame.put(start, header, header.position(), header.remaining());
    frame.position(start + header.remaining());
    return start;
  }

  /** A frame with a virtio header (virtio 1.3 §5.1.6), in pieces. */
  private final class Large implements FrameSource {
    private final ByteBuffer header =
        ByteBuffer.allocateDirect(NetPort.HEADER + MOST_HEADERS).order(ByteOrder.LITTLE_ENDIAN);
    private @Nullable OutgoingSegment segment;
    private int length;

    void set(OutgoingSegment next, int start) {
      segment = next;
      int headers = frame.position();
      length = NetPort.HEADER + headers + next.payloadBytes();
      boolean cut = next.payloadBytes() > next.segmentSize();
      byte type = next.addresses().ipv6() ? GSO_TCPV6 : GSO_TCPV4;
      header.clear().put(NEEDS_CHECKSUM).put(cut ? type : 0);
      header.putShort((short) (cut ? headers : 0));
      header.putShort((short) (cut ? next.segmentSize() : 0));
      header.putShort((short) start).putShort((short) CHECKSUM_OFFSET).putShort((short) 0);
      header.put(NetPort.HEADER, frame, 0, headers).position(0);
      header.limit(NetPort.HEADER + headers);
    }

    @Override
    public int receive(ReceiveRoom room) {
      OutgoingSegment next = segment;
      if (next == null || room.bytes() < length) {
        return NOTHING;
      }
      room.write(0, header.duplicate());
      long offset = header.limit();
      for (int i = 0; i < next.pieces(); i++) {
        ByteBuffer piece = next.piece(i);
        int at = piece.position();
        int bytes = piece.remaining();
        room.write(offset, piece);
        piece.position(at);
        offset += bytes;
      }
      return length;
    }

    @Override
    public ByteBuffer rest() {
      return ByteBuffer.allocate(0);
    }
  }
}
