package dev.javisor.internal.net.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ScatteringByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A connection between the guest and this side. What its methods change goes out by {@link
 * TcpStack#flush}, which the caller calls afterwards. Threading: as {@link TcpStack}.
 */
public final class TcpConnection {
  private final Connections connections;
  private final TcpAddresses addresses;
  private final Sender sender;
  private final Receiver receiver;
  private final ConnectionEvents events = new ConnectionEvents();
  private TcpState state;
  private boolean scales;
  private boolean orphan;
  private long orphanSince;
  private long since;
  private long heard;
  private int probes;
  private boolean wantsRoom;
  private boolean starved;

  // Places in the stack's lists; theirs alone.
  @Nullable TcpConnection nextInBucket;
  @Nullable TcpConnection nextReady;
  boolean ready;
  boolean halfOpen;
  int timerIndex = -1;
  long timerKey;

  TcpConnection(Connections connections, TcpAddresses addresses, TcpState state, int number) {
    this.connections = connections;
    this.addresses = addresses;
    this.state = state;
    TcpConfig config = connections.config();
    since = connections.now();
    heard = since;
    ChunkPool pool = connections.pool(addresses);
    sender = new Sender(config, connections.nanos(), pool, number, since);
    receiver = new Receiver(config, pool, config.mss(addresses.ipv6()));
  }

  /** The two ends. */
  public TcpAddresses addresses() {
    return addresses;
  }

  /**
   * Takes a connection that the guest opens.
   *
   * @return false if it is gone
   */
  public boolean accept(TcpHandler handler) {
    if (state != TcpState.PENDING) {
      return false;
    }
    events.handler(handler);
    state = TcpState.SYN_RECEIVED;
    connections.changed(this);
    return true;
  }

  /** Answers a connection that the guest opens by a reset. */
  public void refuse() {
    if (state == TcpState.PENDING) {
      events.decided();
      connections.abort(this, TcpCloseReason.ABORTED);
    }
  }

  /** Forgets a connection that the guest opens, without an answer: the guest will try again. */
  public void ignore() {
    if (state == TcpState.PENDING) {
      events.decided();
      connections.end(this, TcpCloseReason.ABORTED);
    }
  }

  /** Bytes that can be read. */
  public int available() {
    return receiver.buffer().held();
  }

  /** Bytes that can be written. */
  public int room() {
    return state == TcpState.CLOSED || state == TcpState.TIME_WAIT ? 0 : sender.room();
  }

  /** Whether the guest has ended its output and all of it was read, or the connection is gone. */
  public boolean inputEnded() {
    return available() == 0 && (receiver.finished() || state == TcpState.CLOSED);
  }

  /**
   * Reads what came from the guest.
   *
   * @return the number of bytes, 0 if there are none now, -1 at the end
   */
  public int read(ByteBuffer target) {
    if (inputEnded()) {
      return -1;
    }
    int done = receiver.buffer().take(target);
    wasRead(done);
    return done;
  }

  /**
   * Moves what came from the guest to a channel.
   *
   * @return the number of bytes, 0 if there are none or the channel takes none, -1 at the end
   * @throws IOException by the channel; nothing was read then
   */
  public long readTo(GatheringByteChannel channel) throws IOException {
    if (inputEnded()) {
      return -1;
    }
    if (available() == 0) {
      return 0;
    }
    @Nullable ByteBuffer[] pieces = connections.transmitter().scratch();
    ChunkBuffer buffer = receiver.buffer();
    int count = buffer.slices(buffer.start(), buffer.held(), pieces);
    long done = channel.write(pieces, 0, count);
    buffer.discardTo(buffer.start() + done);
    wasRead(done);
    return done;
  }

  private void wasRead(long bytes) {
    if (bytes > 0) {
      receiver.wasRead();
      connections.changed(this);
    }
  }

  /**
   * Writes to the guest.
   *
   * @return the number of bytes that were taken; if less than there were, {@link
   *     TcpHandler#writable} comes unless the connection is closed or its output shut down
   */
  public int write(ByteBuffer source) {
    int room = Math.min(room(), source.remaining());
    int done = room == 0 ? 0 : sender.buffer().append(source, room);
    wasWritten(source.hasRemaining(), done < room, done);
    return done;
  }

  /**
   * Moves bytes of a channel to the guest.
   *
   * @return the number of bytes; 0 if the channel has none now, or if there is no room: then {@link
   *     TcpHandler#writable} comes; -1 at the channel's end
   * @throws IOException by the channel; nothing was written then
   */
  public long writeFrom(ScatteringByteChannel channel) throws IOException {
    @Nullable ByteBuffer[] pieces = connections.transmitter().scratch();
    int room = Math.min(room(), (Transmitter.PIECES - 1) * ChunkPool.CHUNK);
    int count = room == 0 ? 0 : sender.buffer().reserve(room, pieces);
    if (count == 0) {
      wasWritten(true, room > 0, 0);
      return 0;
    }
    long done = 0;
    try {
      done = channel.read(pieces, 0, count);
    } finally {
      sender.buffer().filled((int) Math.max(done, 0), room);
    }
    wasWritten(false, false, done);
    return done;
  }

  private void wasWritten(boolean left, boolean noMemory, long done) {
    if (left && !sender.finWanted()) {
      if (noMemory && !starved) {
        starved = true;
        connections.starve(this);
      }
      wantsRoom = true;
    }
    if (done > 0) {
      connections.changed(this);
    }
  }

  /** Ends the output: the guest sees the end after what was written. */
  public void shutdownOutput() {
    if (sender.finWanted() || state == TcpState.PENDING || state == TcpState.CLOSED) {
      return;
    }
    sender.finish();
    if (state == TcpState.ESTABLISHED) {
      state = TcpState.FIN_WAIT_1;
    } else if (state == TcpState.CLOSE_WAIT) {
      state = TcpState.LAST_ACK;
    }
    connections.changed(this);
  }

  /**
   * Lets go of the connection: what was written is sent, and the end; what the guest sends from
   * here on, or has sent and nobody has read, makes it a reset (RFC 2525 §2.17). Only {@link
   * TcpHandler#closed} comes after this.
   */
  public void close() {
    if (state == TcpState.PENDING) {
      refuse();
    } else if (!orphan) {
      boolean unread = available() > 0;
      orphan = true;
      orphanSince = connections.now();
      events.closeOnly();
      receiver.discard();
      if (unread && state != TcpState.CLOSED && state != TcpState.TIME_WAIT) {
        reset();
      } else {
        shutdownOutput();
      }
      connections.changed(this);
    }
  }

  /** Resets the connection: the guest sees an error, and what was written may be lost. */
  public void reset() {
    if (state == TcpState.PENDING) {
      refuse();
    } else {
      connections.abort(this, TcpCloseReason.ABORTED);
    }
  }

  TcpState state() {
    return state;
  }

  void state(TcpState to) {
    state = to;
  }

  Sender sender() {
    return sender;
  }

  Receiver receiver() {
    return receiver;
  }

  ConnectionEvents events() {
    return events;
  }

  /** Whether nobody reads any more. */
  boolean orphan() {
    return orphan;
  }

  /** Whether both sides scale windows. */
  boolean scales() {
    return scales;
  }

  /** The guest's SYN came. */
  void begin(SegmentHeader header) {
    receiver.begin(header.seq());
    scales = header.scale() >= 0;
    receiver.scale(scales ? receiver.offeredScale() : 0);
    sender.options(
        header,
        addresses.ipv6(),
        connections.config().mss(addresses.ipv6()),
        scales ? header.scale() : 0);
  }

  /** The handshake is over. */
  void establish() {
    state = sender.finWanted() ? TcpState.FIN_WAIT_1 : TcpState.ESTABLISHED;
    connections.opened(this);
    events.raise(ConnectionEvents.CONNECTED);
  }

  /** It has left the network, or rests. */
  void ended(TcpState to, TcpCloseReason reason) {
    state = to;
    since = connections.now();
    events.end(reason);
  }

  /** It rests from now on. */
  void restAgain() {
    since = connections.now();
  }

  /** The guest lives. */
  void heard() {
    heard = connections.now();
    probes = 0;
  }

  long heardAt() {
    return heard;
  }

  /** When it began, as long as it is not over. */
  long begun() {
    return since;
  }

  /** Probes without an answer. */
  int probes() {
    return probes;
  }

  void probed() {
    probes++;
  }

  /** Bytes were acknowledged: wakes a writer that waits, once it is worth it. */
  void acknowledged() {
    if (wantsRoom && room() >= connections.config().sendBytes() / 4) {
      wantsRoom = false;
      events.raise(ConnectionEvents.WRITABLE);
    }
  }

  /** There is memory again. */
  void fed() {
    starved = false;
    if (room() > 0) {
      wantsRoom = false;
      events.raise(ConnectionEvents.WRITABLE);
      connections.changed(this);
    }
  }

  /** When something is to be done, or the largest long. */
  long deadline(Nanos nanos) {
    switch (state) {
      case CLOSED:
        return Long.MAX_VALUE;
      case PENDING:
        return since + nanos.decision();
      case TIME_WAIT:
        return since + nanos.timeWait();
      default:
        long time = Math.min(sender.timeout(), receiver.ackTime());
        return Math.min(time, Math.min(orphanDeadline(nanos), keepAliveDeadline(nanos)));
    }
  }

  /** When it is given up, as nobody holds it. */
  long orphanDeadline(Nanos nanos) {
    return orphan ? Math.max(orphanSince, sender.stuckSince()) + nanos.orphan() : Long.MAX_VALUE;
  }

  /** When the guest is asked whether it lives. */
  long keepAliveDeadline(Nanos nanos) {
    return state.opening() || sender.timeout() != Sender.NEVER
        ? Long.MAX_VALUE
        : heard + nanos.keepAliveIdle() + probes * nanos.keepAliveInterval();
  }
}
