package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries pings between guests and the world, by a socket of this host for each pair of guest's
 * identifier and other end. Such sockets cannot be waited for beside others, so that they are asked
 * again and again while an answer is to come: the sooner, the less time has passed; a round trip
 * seems an eighth longer than it is, or a millisecond, at most. Where ordinary users of this host
 * may not ping, a guest may not.
 *
 * <p>Threading: the network's.
 */
final class EchoNat implements AutoCloseable {
  static final int MOST_FLOWS = 64;
  static final long IDLE_NANOS = 10_000_000_000L;

  private static final Logger log = LoggerFactory.getLogger(EchoNat.class);
  private static final long LEAST_PAUSE = 1_000_000L;
  private static final long MOST_PAUSE = 20_000_000L;
  private static final int PAUSES = 8;
  private static final int BATCH = 16;
  private static final int IDENTIFIER = 4;
  private static final int ECHO_REPLY = 0;
  private static final int ECHO_REPLY6 = 129;

  private record Ends(IpAddress guest, short identifier, IpAddress other) {}

  private static final class Flow {
    final EchoSocket socket;
    long used;

    Flow(EchoSocket socket) {
      this.socket = socket;
    }
  }

  private final EchoSocket.Opener sockets;
  private final PacketWriter writer;
  private final IcmpHost icmp;
  private final Egress egress;
  private final Counters counters;
  private final LongSupplier nanos;
  private final Map<Ends, Flow> flows = new LinkedHashMap<>(16, 0.75f, true);
  private final ByteBuffer received = ByteBuffer.allocateDirect(65536);
  private long next;
  private boolean told;

  EchoNat(
      EchoSocket.Opener sockets,
      PacketWriter writer,
      IcmpHost icmp,
      Egress egress,
      Counters counters,
      LongSupplier nanos) {
    this.sockets = sockets;
    this.writer = writer;
    this.icmp = icmp;
    this.egress = egress;
    this.counters = counters;
    this.nanos = nanos;
  }

  /** Takes a guest's ping, intact, for somebody outside. */
  void send(Packet packet) {
    if (!egress.allows(packet.target(), 0)) {
      counters.refused++;
      icmp.unreachable(packet, IcmpHost.Reason.PROHIBITED);
      return;
    }
    ByteBuffer message = packet.transport();
    Ends ends = new Ends(packet.source(), message.getShort(IDENTIFIER), packet.target());
    try {
      long now = nanos.getAsLong();
      boolean none = flows.isEmpty();
      Flow flow = flows.get(ends);
      if (flow == null) {
        flow = open(ends);
      }
      flow.used = now;
      // Whoever pings all the time does not put off the answers.
      next = none ? now + LEAST_PAUSE : Math.min(next, now + LEAST_PAUSE);
      long sent = flow.socket.send(message);
      if (sent == -Errno.EAGAIN || sent == -Errno.EMSGSIZE) {
        counters.overflowed++;
      } else if (sent < 0) {
        failed(packet, (int) -sent);
      }
    } catch (NativeException e) {
      failed(packet, e.errno());
    }
  }

  private void failed(Packet packet, int errno) {
    boolean forbidden = errno == Errno.EACCES || errno == Errno.EPERM;
    if (forbidden && !told) {
      told = true;
      log.info(
          "guests cannot ping beyond their network ({}): this user may not either; sudo sysctl"
              + " net.ipv4.ping_group_range='0 2147483647' lets all users",
          Errno.name(errno));
    }
    counters.unreachable++;
    icmp.unreachable(packet, forbidden ? IcmpHost.Reason.PROHIBITED : IcmpHost.Reason.NO_HOST);
  }

  private Flow open(Ends ends) {
    if (flows.size() >= MOST_FLOWS) {
      Iterator<Flow> eldest = flows.values().iterator();
      eldest.next().socket.close();
      eldest.remove();
    }
    Flow flow = new Flow(sockets.open(ends.other));
    flows.put(ends, flow);
    return flow;
  }

  /** Passes answers on, and ends flows that are idle for too long. */
  void tick() {
    long now = nanos.getAsLong();
    if (flows.isEmpty() || now - next < 0) {
      return;
    }
    long youngest = Long.MAX_VALUE;
    Iterator<Map.Entry<Ends, Flow>> each = flows.entrySet().iterator();
    while (each.hasNext()) {
      Map.Entry<Ends, Flow> entry = each.next();
      Flow flow = entry.getValue();
      boolean good = receive(entry.getKey(), flow);
      long age = now - flow.used;
      if (!good || age >= IDLE_NANOS) {
        flow.socket.close();
        each.remove();
      } else {
        youngest = Math.min(youngest, age);
      }
    }
    next = now + Math.min(MOST_PAUSE, Math.max(LEAST_PAUSE, youngest / PAUSES));
  }

  /** Returns false if the socket is of no use any more. */
  private boolean receive(Ends ends, Flow flow) {
    for (int i = 0; i < BATCH; i++) {
      long length = flow.socket.receive(received);
      if (length == -Errno.EAGAIN || length == -Errno.EINTR) {
        return true;
      }
      if (length < 0) {
        log.debug("{}: {}", ends, Errno.name((int) -length));
        return false;
      }
      if (length >= Wire.ICMP_HEADER) {
        boolean six = ends.other.ipv6();
        ByteBuffer answer = writer.begin(ends.other, ends.guest, six ? Wire.ICMPV6 : Wire.ICMP);
        answer.put((byte) (six ? ECHO_REPLY6 : ECHO_REPLY)).put((byte) 0).putShort((short) 0);
        answer.putShort(ends.identifier).put(received.position(IDENTIFIER + Short.BYTES));
        writer.end();
      }
    }
    return true;
  }

  /** When {@link #tick} is due; a long time after now for never. */
  long nextDeadline() {
    return flows.isEmpty() ? nanos.getAsLong() + Long.MAX_VALUE / 2 : next;
  }

  int size() {
    return flows.size();
  }

  @Override
  public void close() {
    flows.values().forEach(flow -> flow.socket.close());
    flows.clear();
  }
}
