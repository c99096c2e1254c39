package dev.javisor.internal.net.user;

import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Connections to forwarded ports, on their way to a guest: while its address is not known they
 * wait, up to {@value #PATIENCE_NANOS} ns and {@value #MOST} of them, and the guest is asked. It
 * may still be about to get its address, or have got it and said nothing since. Guests have names
 * as in {@link Neighbours}.
 *
 * <p>Threading: the network's.
 */
final class ForwardQueue implements AutoCloseable {
  static final long PATIENCE_NANOS = 10_000_000_000L;
  static final int MOST = 128;

  private static final long PAUSE_NANOS = 50_000_000L;
  private static final long NEVER = Long.MAX_VALUE / 2;

  private final ArpHost arp;
  private final TcpSide tcp;
  private final LongSupplier nanos;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private final List<Runnable> resting = new ArrayList<>();
  private long askAt;
  private long restUntil;

  /** A connection of this host, until when it waits, and where it leads. */
  private record Waiting(
      SocketChannel channel, @Nullable String guest, int guestPort, long deadline) {}

  ForwardQueue(ArpHost arp, TcpSide tcp, LongSupplier nanos) {
    this.arp = arp;
    this.tcp = tcp;
    this.nanos = nanos;
  }

  /** Connects a socket to a guest, now or soon; it is reset if that cannot be. */
  void forward(SocketChannel channel, @Nullable String guest, int guestPort) {
    if (tcp.address(guest).isPresent()) {
      tcp.forward(channel, guest, guestPort);
    } else if (waiting.size() >= MOST) {
      TcpRelay.reset(channel);
    } else {
      long now = nanos.getAsLong();
      if (waiting.isEmpty()) {
        askAt = now;
      }
      waiting.add(new Waiting(channel, guest, guestPort, now + PATIENCE_NANOS));
    }
  }

  /** Runs something when a pause is over. */
  void afterPause(Runnable task) {
    if (resting.isEmpty()) {
      restUntil = nanos.getAsLong() + PAUSE_NANOS;
    }
    resting.add(task);
  }

  private void wakeRested() {
    if (!resting.isEmpty() && nanos.getAsLong() - restUntil >= 0) {
      List<Runnable> rested = List.copyOf(resting);
      resting.clear();
      rested.forEach(Runnable::run);
    }
  }

  /** Does what is due by now. */
  void tick() {
    wakeRested();
    long now = nanos.getAsLong();
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      Waiting one = all.next();
      boolean there = tcp.address(one.guest).isPresent();
      if (there) {
        tcp.forward(one.channel, one.guest, one.guestPort);
      } else if (now - one.deadline >= 0) {
        TcpRelay.reset(one.channel);
      } else {
        continue;
      }
      all.remove();
    }
    if (!waiting.isEmpty() && now - askAt >= 0) {
      waiting.stream().map(one -> Optional.ofNullable(one.guest)).distinct().forEach(this::ask);
      askAt = now + PAUSE_NANOS;
    }
  }

  /** Asks a guest to say where it is. */
  private void ask(Optional<String> guest) {
    tcp.expected(guest.orElse(null)).ifPresent(arp::ask);
  }

  /** When {@link #tick} is due. */
  long nextDeadline() {
    long never = nanos.getAsLong() + NEVER;
    return Math.min(waiting.isEmpty() ? never : askAt, resting.isEmpty() ? never : restUntil);
  }

  @Override
  public void close() {
    waiting.forEach(one -> TcpRelay.reset(one.channel));
    waiting.clear();
    resting.clear();
  }
}
