package dev.javisor.internal.net.tcp;

import static dev.javisor.internal.net.tcp.SegmentHeader.ACK;
import static dev.javisor.internal.net.tcp.SegmentHeader.FIN;
import static dev.javisor.internal.net.tcp.SegmentHeader.RST;
import static dev.javisor.internal.net.tcp.SegmentHeader.SYN;

import org.jspecify.annotations.Nullable;

/** What a segment does (RFC 9293 §3.10.7), with the defences of RFC 5961. */
final class Arrivals {
  private final Connections connections;

  Arrivals(Connections connections) {
    this.connections = connections;
  }

  /** A segment came; there is no such connection if null. */
  void arrive(
      @Nullable TcpConnection connection,
      TcpAddresses addresses,
      SegmentHeader header,
      SegmentSource segment) {
    if (connection == null) {
      unknown(addresses, header, connections.firstNumber());
      return;
    }
    switch (connection.state()) {
      case PENDING -> pending(connection, header);
      case SYN_SENT -> synSent(connection, header);
      case TIME_WAIT -> resting(connection, addresses, header);
      case CLOSED -> {}
      default -> {
        if (connection.state() == TcpState.SYN_RECEIVED && repeatsSyn(connection, header)) {
          connection.sender().repeatSyn();
          connection.heard();
        } else {
          open(connection, header, segment);
        }
      }
    }
    connections.changed(connection);
  }

  /** Of no connection: a first SYN, or an error (RFC 9293 §3.10.7.1, §3.10.7.2). */
  private void unknown(TcpAddresses addresses, SegmentHeader header, int number) {
    if (header.has(ACK) || header.has(RST) || !header.has(SYN)) {
      connections.transmitter().refuse(addresses, header);
    } else if (header.has(FIN) || connections.halfOpenFull()) {
      connections.counts().dropped++;
    } else if (connections.full()) {
      connections.transmitter().refuse(addresses, header);
    } else {
      TcpConnection connection = connections.open(addresses, TcpState.PENDING, number);
      takeSyn(connection, header);
      connection.events().raise(ConnectionEvents.ARRIVED);
    }
  }

  private static void takeSyn(TcpConnection connection, SegmentHeader header) {
    connection.begin(header);
    connection.sender().window().update(0, 0, header.window());
  }

  /** Nothing was answered yet, so the newest SYN counts. */
  private void pending(TcpConnection connection, SegmentHeader header) {
    if (header.has(RST)) {
      long seq = connection.receiver().offset(header.seq());
      if (seq == 0 || seq == 1) {
        connections.end(connection, TcpCloseReason.RESET);
      }
    } else if (header.has(SYN) && !header.has(ACK) && !header.has(FIN)) {
      takeSyn(connection, header);
    }
  }

  /** RFC 9293 §3.10.7.3. */
  private void synSent(TcpConnection connection, SegmentHeader header) {
    Sender sender = connection.sender();
    long ack = header.has(ACK) ? sender.offset(header.ack()) : 0;
    boolean answers = header.has(ACK) && ack == 1 && sender.max() == 1;
    if (header.has(ACK) && !answers) {
      connections.transmitter().refuse(connection.addresses(), header);
    } else if (header.has(RST)) {
      if (answers) {
        connections.end(connection, TcpCloseReason.REFUSED);
      }
    } else if (header.has(SYN) && !header.has(FIN)) {
      takeSyn(connection, header);
      connection.heard();
      if (answers) {
        sender.acknowledged(ack, connections.now());
        connection.establish();
        connection.receiver().acknowledgeNow();
      } else {
        connection.state(TcpState.SYN_RECEIVED);
        sender.repeatSyn();
      }
    }
  }

  private static boolean repeatsSyn(TcpConnection connection, SegmentHeader header) {
    return header.has(SYN)
        && !header.has(ACK)
        && !header.has(RST)
        && connection.receiver().offset(header.seq()) == 0;
  }

  /** In TIME-WAIT: the guest did not get the last acknowledgment, or begins anew (§3.6.1). */
  private void resting(TcpConnection connection, TcpAddresses addresses, SegmentHeader header) {
    if (header.has(RST)) {
      // RFC 1337: a late one ends no rest.
      return;
    }
    long seq = connection.receiver().offset(header.seq());
    if (header.has(SYN) && !header.has(ACK) && seq >= connection.receiver().next()) {
      connections.end(connection, TcpCloseReason.DONE);
      unknown(addresses, header, connections.firstNumberAfter(connection));
    } else if (header.length() > 0 || connections.mayChallenge()) {
      connection.receiver().acknowledgeNow();
      if (header.has(FIN)) {
        connection.restAgain();
      }
    }
  }

  /** RFC 9293 §3.10.7.4. */
  private void open(TcpConnection connection, SegmentHeader header, SegmentSource segment) {
    Receiver receiver = connection.receiver();
    long seq = receiver.offset(header.seq());
    boolean answersOurSyn =
        connection.state() == TcpState.SYN_RECEIVED && header.has(SYN) && seq == 0;
    if (!answersOurSyn && !inWindow(receiver, seq, header.length())) {
      if (!header.has(RST) && (header.length() > 0 || connections.mayChallenge())) {
        receiver.acknowledgeNow();
        connection.heard();
      }
    } else if (header.has(RST)) {
      reset(connection, seq);
    } else if (header.has(SYN) && !answersOurSyn) {
      challenge(connection);
    } else if (header.has(ACK) && acknowledge(connection, header, seq)) {
      connection.heard();
      data(connection, header, segment, answersOurSyn ? 1 : seq);
    }
  }

  /**
   * RFC 9293 §3.10.7.4, first. What touches the window's edge passes too: a guest that has filled
   * it acknowledges from there, and its acknowledgments count when the window is closed.
   */
  private static boolean inWindow(Receiver receiver, long seq, int length) {
    long next = receiver.next();
    return seq <= receiver.edge() && (length == 0 ? seq >= next : seq + length > next);
  }

  /** RFC 5961 §3.2. */
  private void reset(TcpConnection connection, long seq) {
    if (seq == connection.receiver().next()) {
      boolean ours = connection.state() == TcpState.SYN_RECEIVED && !connection.halfOpen;
      connections.end(connection, ours ? TcpCloseReason.REFUSED : TcpCloseReason.RESET);
    } else {
      challenge(connection);
    }
  }

  private void challenge(TcpConnection connection) {
    if (connections.mayChallenge()) {
      connection.receiver().acknowledgeNow();
    }
  }

  /** RFC 9293 §3.10.7.4, fifth; false if the segment goes no further. */
  private boolean acknowledge(TcpConnection connection, SegmentHeader header, long seq) {
    Sender sender = connection.sender();
    long ack = sender.offset(header.ack());
    if (connection.state() == TcpState.SYN_RECEIVED) {
      if (ack <= sender.una() || ack > sender.max()) {
        connections.transmitter().refuse(connection.addresses(), header);
        return false;
      }
      sender.acknowledged(ack, connections.now());
      connection.establish();
      sender.window().update(seq, ack, scaled(sender, header));
      return true;
    }
    if (ack > sender.max() || ack < sender.una() - Math.max(sender.window().largest(), 1)) {
      challenge(connection);
      return false;
    }
    boolean news = blocks(sender, header);
    if (ack < sender.una()) {
      return true;
    }
    if (ack > sender.una()) {
      sender.acknowledged(ack, connections.now());
      connection.acknowledged();
    } else if (header.length() == 0 && (news || scaled(sender, header) == sender.window().size())) {
      sender.duplicate();
    }
    sender.window().update(seq, ack, scaled(sender, header));
    return !sender.finAcknowledged() || finAcknowledged(connection);
  }

  private static long scaled(Sender sender, SegmentHeader header) {
    return header.has(SYN) ? header.window() : (long) header.window() << sender.window().scale();
  }

  /** Takes what the guest says that it has; false if that is no news. */
  private static boolean blocks(Sender sender, SegmentHeader header) {
    boolean news = false;
    if (sender.recovery().selective()) {
      for (int i = 0; i < header.blockCount(); i++) {
        long low = sender.offset(header.blockLow(i));
        long high = sender.offset(header.blockHigh(i));
        if (low > sender.una() && low < high && high <= sender.max()) {
          news |= sender.recovery().has(low, high);
        }
      }
    }
    return news;
  }

  /** The guest has our FIN; false if the connection is over. */
  private boolean finAcknowledged(TcpConnection connection) {
    switch (connection.state()) {
      case FIN_WAIT_1 -> connection.state(TcpState.FIN_WAIT_2);
      case CLOSING -> {
        connections.rest(connection);
        return false;
      }
      case LAST_ACK -> {
        connections.end(connection, TcpCloseReason.DONE);
        return false;
      }
      default -> {}
    }
    return true;
  }

  /** RFC 9293 §3.10.7.4, seventh and eighth. */
  private void data(
      TcpConnection connection, SegmentHeader header, SegmentSource segment, long seq) {
    if (header.payload() == 0 && !header.has(FIN)) {
      return;
    }
    Receiver receiver = connection.receiver();
    if (!connection.state().receives()) {
      receiver.acknowledgeNow();
      return;
    }
    if (connection.orphan() && seq + header.payload() > receiver.next()) {
      connections.abort(connection, TcpCloseReason.ABORTED);
      return;
    }
    int added =
        receiver.take(seq, header, segment, connections.now(), connections.nanos().delayedAck());
    if (added > 0) {
      connections.counts().bytesIn += added;
      connection.events().raise(ConnectionEvents.READABLE);
    }
    if (receiver.finished()) {
      finished(connection);
    }
  }

  /** The guest's FIN came in order. */
  private void finished(TcpConnection connection) {
    connection.events().raise(ConnectionEvents.REMOTE_CLOSED);
    switch (connection.state()) {
      case ESTABLISHED -> connection.state(TcpState.CLOSE_WAIT);
      case FIN_WAIT_1 -> connection.state(TcpState.CLOSING);
      case FIN_WAIT_2 -> connections.rest(connection);
      default -> {}
    }
  }
}
