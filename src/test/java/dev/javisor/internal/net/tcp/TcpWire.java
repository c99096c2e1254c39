package dev.javisor.internal.net.tcp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Two stacks and a wire between them that loses, doubles and delays segments by a seed, on a clock
 * of its own.
 */
final class TcpWire {
  static final TcpAddresses HERE =
      new TcpAddresses(false, 0, 0x0a000002L, 40000, 0, 0x0a000001L, 80);

  /** What the wire does to one segment of how many. */
  record Faults(double lost, double doubled, double late, int largest) {}

  private final Faults faults;
  private final SplittableRandom random;
  private final PriorityQueue<Flight> flights =
      new PriorityQueue<>(Comparator.comparingLong(Flight::arrival).thenComparing(Flight::number));
  final TcpStack left;
  final TcpStack right;
  final List<TcpConnection> arrived = new ArrayList<>();
  private long now;
  private long number;
  private long lost;

  private record Flight(long arrival, long number, boolean toRight, TcpAddresses a, ByteBuffer b) {}

  TcpWire(TcpConfig config, Faults faults, long seed, TcpListener listener) {
    this.faults = faults;
    random = new SplittableRandom(seed);
    left = new TcpStack(config, () -> now, random.split(), end(true), refusing());
    right = new TcpStack(config, () -> now, random.split(), end(false), listener);
  }

  private static TcpListener refusing() {
    return TcpConnection::refuse;
  }

  static TcpAddresses mirrored(TcpAddresses a) {
    return new TcpAddresses(
        a.ipv6(),
        a.localHigh(),
        a.localLow(),
        a.localPort(),
        a.remoteHigh(),
        a.remoteLow(),
        a.remotePort());
  }

  /** Nanoseconds since the wire was laid. */
  long now() {
    return now;
  }

  /** Segments that the wire has lost. */
  long lost() {
    return lost;
  }

  private SegmentSink end(boolean toRight) {
    return new SegmentSink() {
      @Override
      public int largestPayload(boolean ipv6) {
        return faults.largest();
      }

      @Override
      public boolean segment(OutgoingSegment segment) {
        ByteBuffer copy = ByteBuffer.allocate(segment.length());
        copy.put(segment.header().duplicate());
        for (int i = 0; i < segment.pieces(); i++) {
          copy.put(segment.piece(i));
        }
        send(toRight, mirrored(segment.addresses()), copy.flip());
        return true;
      }
    };
  }

  private void send(boolean toRight, TcpAddresses to, ByteBuffer segment) {
    if (random.nextDouble() < faults.lost()) {
      lost++;
      return;
    }
    int times = random.nextDouble() < faults.doubled() ? 2 : 1;
    for (int i = 0; i < times; i++) {
      long delay = 50_000;
      if (random.nextDouble() < faults.late()) {
        delay += random.nextInt(2_000_000);
      }
      flights.add(new Flight(now + delay, number++, toRight, to, segment));
    }
  }

  /** Goes on to the next thing that happens; false if nothing will. */
  boolean step() {
    left.flush();
    right.flush();
    Flight first = flights.peek();
    long next = Math.min(left.nextDeadline(), right.nextDeadline());
    next = Math.min(next, first == null ? Long.MAX_VALUE : first.arrival());
    if (next == Long.MAX_VALUE) {
      return false;
    }
    now = Math.max(now, next);
    @Nullable Flight due = flights.peek();
    while (due != null && due.arrival() <= now) {
      flights.poll();
      (due.toRight() ? right : left).receive(due.a(), due.b().duplicate());
      due = flights.peek();
    }
    left.tick();
    right.tick();
    return true;
  }
}
