package dev.javisor.internal.net.tcp;

import dev.javisor.internal.net.ip.InternetChecksum;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A segment to the guest. One for all segments of a stack: it holds in the call of {@link
 * SegmentSink#segment} only.
 */
public final class OutgoingSegment {
  private final ByteBuffer header = ByteBuffer.allocate(SegmentHeader.MOST);
  private final @Nullable ByteBuffer[] pieces = new ByteBuffer[65535 / ChunkPool.CHUNK + 2];
  private @Nullable TcpAddresses addresses;
  private int count;
  private int payloadBytes;
  private int segmentSize;

  OutgoingSegment() {}

  /** Where it goes: from the local end to the remote one. */
  public TcpAddresses addresses() {
    TcpAddresses known = addresses;
    if (known == null) {
      throw new IllegalStateException("no segment");
    }
    return known;
  }

  /** The TCP header with options, all that remains of the buffer; the checksum's field is 0. */
  public ByteBuffer header() {
    return header;
  }

  /** Number of pieces that the payload lies in. */
  public int pieces() {
    return count;
  }

  /** A piece of the payload, all that remains of the buffer. Its position may be moved. */
  public ByteBuffer piece(int index) {
    ByteBuffer piece = pieces[index];
    if (piece == null || index >= count) {
      throw new IndexOutOfBoundsException(index);
    }
    return piece;
  }

  /** Bytes of all pieces. */
  public int payloadBytes() {
    return payloadBytes;
  }

  /** Bytes of header and payload. */
  public int length() {
    return header.limit() + payloadBytes;
  }

  /** The most payload of one packet: a segment with more is to be cut. */
  public int segmentSize() {
    return segmentSize;
  }

  /**
   * The checksum, for a guest that does not do without. To be asked before a piece was moved.
   *
   * @param pseudoHeader sum of the pseudo header, whose length is {@link #length}
   */
  public int checksum(int pseudoHeader) {
    int sum = InternetChecksum.add(pseudoHeader, InternetChecksum.sum(header, 0, header.limit()));
    boolean odd = false;
    for (int i = 0; i < count; i++) {
      ByteBuffer piece = piece(i);
      int part = InternetChecksum.sum(piece);
      sum = InternetChecksum.add(sum, odd ? InternetChecksum.swap(part) : part);
      odd ^= (piece.remaining() & 1) != 0;
    }
    return InternetChecksum.finish(sum);
  }

  /** Begins a header; options follow, and {@link #end}. */
  ByteBuffer begin(TcpAddresses flow, int seq, int ack, int flags, int window) {
    addresses = flow;
    count = 0;
    payloadBytes = 0;
    segmentSize = 0;
    return header
        .clear()
        .putShort((short) flow.localPort())
        .putShort((short) flow.remotePort())
        .putInt(seq)
        .putInt(ack)
        .put((byte) 0)
        .put((byte) flags)
        .putShort((short) window)
        .putInt(0);
  }

  /** Adds the payload. */
  void payload(ChunkBuffer from, long offset, int length, int mss) {
    count = from.slices(offset, length, pieces);
    payloadBytes = length;
    segmentSize = mss;
  }

  /** Ends the header. */
  void end() {
    while (header.position() % 4 != 0) {
      header.put((byte) SegmentHeader.OPTION_END);
    }
    header.put(12, (byte) (header.position() << 2)).flip();
  }
}
