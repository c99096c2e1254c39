package dev.javisor.internal.net.tcp;

import dev.javisor.internal.net.tcp.Transmitter.Result;
import java.nio.ByteBuffer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TCP of all hosts that a guest talks to (RFC 9293). Segments of the guest go in by {@link
 * #receive}, time by {@link #tick}; {@link #flush} tells handlers what happened and sends what is
 * due, and belongs behind each batch of calls.
 *
 * <p>Bounded whatever the guest does: connections, half-open ones and resting ones in number, bytes
 * a connection and in all, answers to a segment.
 *
 * <p>Not modelled: urgent data, timestamps, explicit congestion notification, Fast Open, path MTU
 * discovery (there is one link), Nagle's algorithm (writers hand over what belongs together).
 *
 * <p>Threading: one thread at a time. The sink, which any call may call, does not call back into
 * the stack; handlers and the listener may call anything but {@link #flush}.
 */
public final class TcpStack {
  private static final Logger LOG = LoggerFactory.getLogger(TcpStack.class);

  private final LongSupplier nanos;
  private final long start;
  private final TcpListener listener;
  private final Counts counts = new Counts();
  private final SegmentHeader header = new SegmentHeader();
  private final BufferSegment contiguous = new BufferSegment();
  private final Connections connections;
  private final Arrivals arrivals;
  private final Timeouts timeouts;
  private final ReadyQueue blocked = new ReadyQueue();

  /**
   * @param nanos a clock in nanoseconds from anywhere, that does not go back
   * @param random whence the first sequence numbers come: a guest must not guess them
   * @param out takes segments for the guest
   * @param listener decides about connections that the guest opens
   */
  public TcpStack(
      TcpConfig config,
      LongSupplier nanos,
      RandomGenerator random,
      SegmentSink out,
      TcpListener listener) {
    this.nanos = nanos;
    this.listener = listener;
    start = nanos.getAsLong();
    Transmitter transmitter = new Transmitter(config, out, counts);
    connections = new Connections(config, random, counts, transmitter, listener::guest);
    arrivals = new Arrivals(connections);
    timeouts = new Timeouts(connections);
  }

  /** The addresses of a connection: its own object if there is one, which makes no garbage. */
  public TcpAddresses addresses(
      boolean ipv6,
      long remoteHigh,
      long remoteLow,
      int remotePort,
      long localHigh,
      long localLow,
      int localPort) {
    TcpConnection known =
        connections
            .table()
            .find(ipv6, remoteHigh, remoteLow, remotePort, localHigh, localLow, localPort);
    return known != null
        ? known.addresses()
        : new TcpAddresses(ipv6, remoteHigh, remoteLow, remotePort, localHigh, localLow, localPort);
  }

  /** Takes a segment of the guest, whose ports are those of the addresses. */
  public void receive(TcpAddresses addresses, SegmentSource segment) {
    setTime();
    counts.segmentsIn++;
    if (header.read(segment)) {
      TcpConnection known = connections.table().find(addresses);
      arrivals.arrive(known, addresses, header, segment);
    } else {
      counts.malformed++;
    }
  }

  /** The same for one that lies in one piece: all that remains of a buffer. */
  public void receive(TcpAddresses addresses, ByteBuffer segment) {
    contiguous.set(segment);
    receive(addresses, contiguous);
  }

  /**
   * Opens a connection to the guest.
   *
   * @throws TcpLimitException if there are too many
   * @throws IllegalStateException if there is one of these addresses
   */
  public TcpConnection connect(TcpAddresses addresses, TcpHandler handler) {
    setTime();
    TcpConnection old = connections.table().find(addresses);
    int number = connections.firstNumber();
    if (old != null) {
      if (old.state() != TcpState.TIME_WAIT) {
        throw new IllegalStateException("there is a connection " + addresses);
      }
      number = connections.firstNumberAfter(old);
      connections.end(old, TcpCloseReason.DONE);
    }
    if (connections.full()) {
      throw new TcpLimitException(connections.config().maxConnections());
    }
    TcpConnection connection = connections.open(addresses, TcpState.SYN_SENT, number);
    connection.events().handler(handler);
    return connection;
  }

  /**
   * Tells handlers and the listener what has happened, and sends what may be sent.
   *
   * @return false if the sink had no room for all: to be called again when it has
   */
  public boolean flush() {
    setTime();
    boolean room = true;
    do {
      TcpConnection connection = connections.ready().poll();
      while (connection != null) {
        tell(connection);
        Result result =
            room ? connections.transmitter().transmit(connection, connections.now()) : Result.FULL;
        if (result == Result.MORE) {
          connections.ready().add(connection);
        } else if (result == Result.FULL) {
          room = false;
          blocked.add(connection);
        }
        connections.timers().schedule(connection, connection.deadline(connections.nanos()));
        connection = connections.ready().poll();
      }
    } while (connections.feed());
    for (TcpConnection left = blocked.poll(); left != null; left = blocked.poll()) {
      connections.ready().add(left);
    }
    return room;
  }

  private void tell(TcpConnection connection) {
    try {
      if (connection.events().tell(connection, listener)) {
        connections.gone(connection);
      }
    } catch (RuntimeException e) {
      LOG.warn("the owner of the connection {} failed: it is reset", connection.addresses(), e);
      if (connection.events().ended()) {
        connections.gone(connection);
      }
      connection.reset();
    }
  }

  /** Does what is due by now; {@link #flush} sends it. */
  public void tick() {
    setTime();
    timeouts.tick();
  }

  /**
   * When {@link #tick} is due, by the clock of the stack, or the largest long. Right after {@link
   * #flush}; it may be earlier than anything really happens.
   */
  public long nextDeadline() {
    long earliest = connections.timers().earliest();
    return earliest == Long.MAX_VALUE ? earliest : earliest + start;
  }

  /** Resets all connections, and tells their handlers. */
  public void close() {
    setTime();
    connections.abortAll();
    flush();
  }

  /** Connections that are not closed; those that rest in TIME-WAIT do not count. */
  public int connections() {
    return connections.alive();
  }

  /** What happened until now. */
  public TcpCounters counters() {
    return counts.toRecord(connections.pool().usedBytes());
  }

  private void setTime() {
    connections.now(nanos.getAsLong() - start);
  }
}
