package dev.javisor.internal.net.tcp;

import static dev.javisor.internal.net.tcp.SegmentHeader.ACK;
import static dev.javisor.internal.net.tcp.SegmentHeader.FIN;
import static dev.javisor.internal.net.tcp.SegmentHeader.PSH;
import static dev.javisor.internal.net.tcp.SegmentHeader.RST;
import static dev.javisor.internal.net.tcp.SegmentHeader.SYN;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Makes segments and gives them to the sink. */
final class Transmitter {
  /** Large segments of a connection in a row, before the others get their turn. */
  private static final int TURN = 4;

  /** Pieces that go between a connection and a channel at once. */
  static final int PIECES = 8;

  private final TcpConfig config;
  private final SegmentSink sink;
  private final Counts counts;
  private final @Nullable ByteBuffer[] scratch = new ByteBuffer[PIECES];
  private final OutgoingSegment segment = new OutgoingSegment();

  /** What has become of a connection's segments. */
  enum Result {
    /** All that may be sent now was. */
    DONE,
    /** There is more. */
    MORE,
    /** The sink has no room. */
    FULL
  }

  Transmitter(TcpConfig config, SegmentSink sink, Counts counts) {
    this.config = config;
    this.sink = sink;
    this.counts = counts;
  }

  /** Sends what a connection may send. */
  Result transmit(TcpConnection connection, long now) {
    TcpState state = connection.state();
    if (state == TcpState.PENDING || state == TcpState.CLOSED) {
      return Result.DONE;
    }
    Sender sender = connection.sender();
    if (state.opening() && sender.synDue()) {
      return syn(connection, now);
    }
    if (sender.probeDue()) {
      // An old number: no guest can but answer (RFC 9293 §3.8.4).
      if (!bare(connection, sender.number(sender.una() - 1))) {
        return Result.FULL;
      }
      sender.probe(false);
    }
    Receiver receiver = connection.receiver();
    while (receiver.acksDue() > (receiver.hasGap() ? 0 : 1)) {
      if (!bare(connection, sender.nextNumber())) {
        return Result.FULL;
      }
    }
    Result result = state.sends() ? data(connection, now) : Result.DONE;
    if (result == Result.DONE && receiver.acksDue() > 0) {
      return bare(connection, sender.nextNumber()) ? Result.DONE : Result.FULL;
    }
    return result;
  }

  private Result syn(TcpConnection connection, long now) {
    Sender sender = connection.sender();
    Receiver receiver = connection.receiver();
    boolean answers = connection.state() == TcpState.SYN_RECEIVED;
    ByteBuffer header =
        segment.begin(
            connection.addresses(),
            sender.number(0),
            answers ? receiver.nextNumber() : 0,
            answers ? SYN | ACK : SYN,
            receiver.windowField(true));
    header.put((byte) SegmentHeader.OPTION_MSS).put((byte) 4);
    header.putShort((short) config.mss(connection.addresses().ipv6()));
    if (!answers || sender.recovery().selective()) {
      header.put((byte) SegmentHeader.OPTION_NOTHING).put((byte) SegmentHeader.OPTION_NOTHING);
      header.put((byte) SegmentHeader.OPTION_SACK_PERMITTED).put((byte) 2);
    }
    if (!answers || connection.scales()) {
      header.put((byte) SegmentHeader.OPTION_NOTHING);
      header.put((byte) SegmentHeader.OPTION_SCALE).put((byte) 3);
      header.put((byte) receiver.offeredScale());
    }
    if (!give()) {
      return Result.FULL;
    }
    sender.synSent(now);
    receiver.acknowledged();
    return Result.DONE;
  }

  private Result data(TcpConnection connection, long now) {
    Sender sender = connection.sender();
    Piece piece = sender.piece();
    int largest = sink.largestPayload(connection.addresses().ipv6());
    for (int i = 0; sender.plan(largest, now); i++) {
      if (i == TURN) {
        return Result.MORE;
      }
      int flags = ACK;
      flags |= piece.fin() ? FIN : 0;
      flags |= piece.length() > 0 && piece.last() ? PSH : 0;
      Receiver receiver = connection.receiver();
      segment.begin(
          connection.addresses(),
          sender.number(piece.from()),
          receiver.nextNumber(),
          flags,
          receiver.windowField(false));
      if (piece.length() > 0) {
        segment.payload(sender.buffer(), piece.from(), piece.length(), sender.mss());
      }
      if (!give()) {
        return Result.FULL;
      }
      counts.bytesOut += piece.length();
      counts.repeated += sender.pieceRepeats() ? 1 : 0;
      sender.pieceSent(now);
      receiver.acknowledged();
    }
    sender.waitForWindow(now);
    return Result.DONE;
  }

  /** Sends a segment without data. */
  private boolean bare(TcpConnection connection, int number) {
    Receiver receiver = connection.receiver();
    ByteBuffer header =
        segment.begin(
            connection.addresses(),
            number,
            receiver.nextNumber(),
            ACK,
            receiver.windowField(false));
    if (connection.sender().recovery().selective()) {
      receiver.writeBlocks(header);
    }
    if (!give()) {
      return false;
    }
    receiver.acknowledged();
    return true;
  }

  /**
   * Resets a connection. Lost if the sink has no room: then the guest's next segment meets none.
   */
  void reset(TcpConnection connection) {
    TcpState state = connection.state();
    if (state == TcpState.PENDING) {
      reset(connection.addresses(), 0, connection.receiver().nextNumber(), RST | ACK);
    } else if (state == TcpState.SYN_SENT) {
      reset(connection.addresses(), connection.sender().number(1), 0, RST);
    } else {
      Sender sender = connection.sender();
      reset(
          connection.addresses(),
          sender.number(sender.max()),
          connection.receiver().nextNumber(),
          RST | ACK);
    }
  }

  /** Answers a segment that belongs to nothing (RFC 9293 §3.5.2, group 1). */
  void refuse(TcpAddresses addresses, SegmentHeader header) {
    if (header.has(RST)) {
      return;
    }
    counts.refused++;
    if (header.has(ACK)) {
      reset(addresses, header.ack(), 0, RST);
    } else {
      reset(addresses, 0, header.seq() + header.length(), RST | ACK);
    }
  }

  private void reset(TcpAddresses addresses, int seq, int ack, int flags) {
    segment.begin(addresses, seq, ack, flags, 0);
    give();
  }

  /** An array for pieces of buffers, used before the next call. */
  @Nullable ByteBuffer[] scratch() {
    return scratch;
  }

  private boolean give() {
    segment.end();
    boolean taken = sink.segment(segment);
    if (taken) {
      counts.segmentsOut++;
    }
    return taken;
  }
}
