package dev.javisor.internal.net.tcp;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All connections of a stack: who is there, who may come, and how they go. */
final class Connections {
  private static final long SECOND = 1_000_000_000L;
  private static final int CHALLENGES = 100;

  /** How long a handshake is left alone, however many others wait: a SYN is repeated twice. */
  private static final long HANDSHAKE = 3 * SECOND;

  /** What lies between the last number of a connection and the first of the next (RFC 6191). */
  private static final int APART = 1 << 17;

  private final TcpConfig config;
  private final Nanos nanos;
  private final RandomGenerator random;
  private final Counts counts;
  private final Function<TcpAddresses, @Nullable String> guests;
  private final ChunkPool pool;
  private final Map<String, ChunkPool> shares = new HashMap<>();
  private final Transmitter transmitter;
  private final FlowTable table;
  private final TimerHeap timers = new TimerHeap();
  private final ReadyQueue ready = new ReadyQueue();
  private final ArrayDeque<TcpConnection> timeWaits = new ArrayDeque<>();
  private final ArrayDeque<TcpConnection> starved = new ArrayDeque<>();

  /** Those that have left the network, and wait for their readers. */
  private final Set<TcpConnection> unread = new HashSet<>();

  /** Those whose handshake is not over, the oldest first. */
  private final LinkedHashSet<TcpConnection> halfOpen = new LinkedHashSet<>();

  private int alive;
  private long now;
  private long challengesSince;
  private int challenges;

  /**
   * @param guests whose connection one of these addresses is; null for a guest that is alone
   */
  Connections(
      TcpConfig config,
      RandomGenerator random,
      Counts counts,
      Transmitter transmitter,
      Function<TcpAddresses, @Nullable String> guests) {
    this.guests = guests;
    this.config = config;
    this.random = random;
    this.counts = counts;
    this.transmitter = transmitter;
    nanos = Nanos.of(config.timers());
    pool = new ChunkPool(config.memoryBytes());
    table = new FlowTable(random.nextLong());
  }

  TcpConfig config() {
    return config;
  }

  Nanos nanos() {
    return nanos;
  }

  Counts counts() {
    return counts;
  }

  ChunkPool pool() {
    return pool;
  }

  /** The memory for a connection. */
  ChunkPool pool(TcpAddresses addresses) {
    String guest = guests.apply(addresses);
    return guest == null ? pool : shares.computeIfAbsent(guest, g -> pool.share());
  }

  Transmitter transmitter() {
    return transmitter;
  }

  FlowTable table() {
    return table;
  }

  TimerHeap timers() {
    return timers;
  }

  ReadyQueue ready() {
    return ready;
  }

  /** The time that this call began, in nanoseconds from the stack's start. */
  long now() {
    return now;
  }

  void now(long time) {
    now = time;
  }

  /** Connections that somebody holds. */
  int alive() {
    return alive;
  }

  boolean full() {
    return alive >= config.maxConnections();
  }

  /**
   * Whether no connection more may begin. Where there are too many, the oldest gives way if it had
   * its time: its guest, if that is one, begins anew (RFC 4987 §3.3).
   */
  boolean halfOpenFull() {
    if (halfOpen.size() < config.maxHalfOpen()) {
      return false;
    }
    TcpConnection oldest = halfOpen.iterator().next();
    if (now - oldest.begun() < HANDSHAKE) {
      return true;
    }
    end(oldest, TcpCloseReason.TIMED_OUT);
    return false;
  }

  /** A first sequence number that a guest cannot guess. */
  int firstNumber() {
    return random.nextInt();
  }

  /** The same after another connection of the same addresses. */
  int firstNumberAfter(TcpConnection old) {
    return old.sender().number(old.sender().max()) + APART;
  }

  /** A new connection; the caller has looked at the limits. */
  TcpConnection open(TcpAddresses addresses, TcpState state, int number) {
    TcpConnection connection = new TcpConnection(this, addresses, state, number);
    if (state == TcpState.PENDING) {
      connection.halfOpen = true;
      halfOpen.add(connection);
    }
    alive++;
    table.add(connection);
    changed(connection);
    return connection;
  }

  /** A connection has something to tell or to send. */
  void changed(TcpConnection connection) {
    ready.add(connection);
  }

  /** The handshake is over, one way or another. */
  void opened(TcpConnection connection) {
    if (connection.halfOpen) {
      connection.halfOpen = false;
      halfOpen.remove(connection);
    }
  }

  /** Ends a connection. What came in order before an orderly end can still be read. */
  void end(TcpConnection connection, TcpCloseReason reason) {
    if (connection.state() == TcpState.CLOSED) {
      return;
    }
    opened(connection);
    table.remove(connection);
    timers.remove(connection);
    connection.sender().release();
    if (reason != TcpCloseReason.DONE) {
      connection.receiver().discard();
    }
    connection.ended(TcpState.CLOSED, reason);
    if (connection.available() > 0) {
      unread.add(connection);
    }
    changed(connection);
  }

  /** Resets all, and forgets what nobody has read. */
  void abortAll() {
    for (TcpConnection connection : table.all()) {
      abort(connection, TcpCloseReason.ABORTED);
    }
    for (TcpConnection connection : unread) {
      connection.receiver().discard();
      changed(connection);
    }
  }

  /** Resets a connection, and ends it. */
  void abort(TcpConnection connection, TcpCloseReason reason) {
    if (connection.state() != TcpState.TIME_WAIT && connection.state() != TcpState.CLOSED) {
      transmitter.reset(connection);
    }
    end(connection, reason);
  }

  /** Both sides have closed: the addresses rest for a while. */
  void rest(TcpConnection connection) {
    connection.sender().release();
    connection.ended(TcpState.TIME_WAIT, TcpCloseReason.DONE);
    changed(connection);
    timeWaits.addLast(connection);
    TcpConnection oldest = timeWaits.peekFirst();
    while (oldest != null
        && (oldest.state() != TcpState.TIME_WAIT || timeWaits.size() > config.maxTimeWaits())) {
      timeWaits.removeFirst();
      end(oldest, TcpCloseReason.DONE);
      oldest = timeWaits.peekFirst();
    }
  }

  /** Nobody holds a connection any more. */
  void gone(TcpConnection connection) {
    unread.remove(connection);
    alive--;
  }

  /** There was no memory for what a connection's writer has. */
  void starve(TcpConnection connection) {
    starved.addLast(connection);
  }

  /** Tells those for which there was no memory, if there is some again; false if to nobody. */
  boolean feed() {
    boolean fed = false;
    for (int i = starved.size(); i > 0; i--) {
      TcpConnection connection = starved.removeFirst();
      if (connection.sender().buffer().hasMemory()) {
        connection.fed();
        fed = true;
      } else {
        starved.addLast(connection);
      }
    }
    return fed;
  }

  /** Whether an answer may go out that a forged segment may be after (RFC 5961 §7). */
  boolean mayChallenge() {
    if (now - challengesSince >= SECOND) {
      challengesSince = now;
      challenges = 0;
    }
    return ++challenges <= CHALLENGES;
  }
}
