package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.net.tcp.OutgoingSegment;
import dev.javisor.internal.net.tcp.SegmentSink;
import dev.javisor.internal.net.tcp.TcpAddresses;
import dev.javisor.internal.net.tcp.TcpCloseReason;
import dev.javisor.internal.net.tcp.TcpConfig;
import dev.javisor.internal.net.tcp.TcpConnection;
import dev.javisor.internal.net.tcp.TcpHandler;
import dev.javisor.internal.net.tcp.TcpListener;
import dev.javisor.internal.net.tcp.TcpStack;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The TCP of a guest, by the same engine in the other role, behind frames that can get lost by a
 * seed. Each turn takes a millisecond of the test's clock.
 */
final class GuestTcp implements SegmentSink, TcpListener {
  /** One connection, seen from the guest: it keeps what comes, and sends what it is given. */
  static final class Talk implements TcpHandler {
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteBuffer piece = ByteBuffer.allocate(65536);
    ByteBuffer toSend;
    boolean echo;
    boolean opened;
    boolean ended;
    @Nullable TcpCloseReason closed;
    TcpConnection connection;

    Talk(byte[] toSend) {
      this.toSend = ByteBuffer.wrap(toSend);
    }

    @Override
    public void connected() {
      opened = true;
      writable();
    }

    @Override
    public void readable() {
      int count;
      while ((count = connection.read(piece.clear())) > 0) {
        received.write(piece.array(), 0, count);
        if (echo) {
          connection.write(piece.flip());
        }
      }
      if (count < 0 && !ended) {
        ended = true;
        if (echo) {
          connection.shutdownOutput();
        }
      }
    }

    @Override
    public void writable() {
      connection.write(toSend);
      if (!toSend.hasRemaining() && !echo) {
        connection.shutdownOutput();
      }
    }

    @Override
    public void remoteClosed() {
      readable();
    }

    @Override
    public void closed(TcpCloseReason reason) {
      closed = reason;
    }
  }

  final TcpStack stack;
  private final GuestSide guest;
  private final Random loss = new Random(7);
  double lossRate;
  int largestSegment;
  @Nullable Talk served;
  private int nextPort = 40_000;

  GuestTcp(GuestSide guest) {
    this.guest = guest;
    stack =
        new TcpStack(
            TcpConfig.defaults(1500), guest.nanos::get, new SplittableRandom(2), this, this);
  }

  Talk connect(IpAddress to, int port, byte[] toSend) {
    Talk talk = new Talk(toSend);
    talk.connection =
        stack.connect(
            new TcpAddresses(false, 0, to.low(), port, 0, GuestSide.OWN.low(), nextPort++), talk);
    return talk;
  }

  @Override
  public void onSyn(TcpConnection connection) {
    Talk talk = served;
    if (talk == null) {
      connection.refuse();
    } else {
      talk.connection = connection;
      connection.accept(talk);
    }
  }

  @Override
  public int largestPayload(boolean ipv6) {
    return 0;
  }

  @Override
  public boolean segment(OutgoingSegment segment) {
    if (loss.nextDouble() < lossRate) {
      return true;
    }
    TcpAddresses ends = segment.addresses();
    IpAddress from = IpAddress.v4((int) ends.localLow());
    IpAddress to = IpAddress.v4((int) ends.remoteLow());
    ByteBuffer bytes = ByteBuffer.allocate(segment.length());
    int pseudo = InternetChecksum.pseudoHeader(from.v4Bits(), to.v4Bits(), 6, segment.length());
    int checksum = segment.checksum(pseudo);
    bytes.put(segment.header().duplicate()).putShort(16, (short) checksum);
    for (int i = 0; i < segment.pieces(); i++) {
      bytes.put(segment.piece(i));
    }
    guest.driver.take(new HeapFrame(GuestSide.ipv4(from, to, 6, bytes.array()).array(), () -> {}));
    return true;
  }

  /** Lets both sides go on until something is so. */
  void until(BooleanSupplier done) throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("nothing more happens; " + guest.counters + stack.counters());
      }
      turn();
    }
  }

  void turn() throws Exception {
    guest.driver.turn(guest.received.isEmpty() && guest.large.isEmpty() ? 1 : 0);
    guest.nanos.addAndGet(1_000_000);
    ByteBuffer frame;
    while ((frame = guest.received.poll()) != null) {
      if (frame.getShort(12) == 0x0800 && frame.get(23) == 6) {
        receive(frame, true);
      }
    }
    while ((frame = guest.large.poll()) != null) {
      checkHeader(frame);
      receive(frame.slice(12, frame.limit() - 12), false);
    }
    stack.tick();
    stack.flush();
  }

  private void checkHeader(ByteBuffer frame) {
    ByteBuffer header = frame.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int payload = frame.limit() - 12 - 34 - ((frame.get(12 + 34 + 12) & 0xf0) >> 2);
    largestSegment = Math.max(largestSegment, payload);
    boolean right = header.get(0) == 1 && header.getShort(6) == 34 && header.getShort(8) == 16;
    boolean cut = header.get(1) == 1 && header.getShort(4) > 0 && header.getShort(4) < payload;
    if (!right || (payload > 1460) != cut) {
      throw new AssertionError("virtio header of a segment with %d bytes".formatted(payload));
    }
  }

  private void receive(ByteBuffer frame, boolean checked) {
    if (loss.nextDouble() < lossRate) {
      return;
    }
    IpAddress from = IpAddress.v4(frame.getInt(26));
    IpAddress to = IpAddress.v4(frame.getInt(30));
    ByteBuffer segment =
        checked ? GuestSide.transport(frame, 6, from, to) : frame.slice(34, frame.limit() - 34);
    TcpAddresses ends =
        new TcpAddresses(
            false,
            0,
            from.low(),
            segment.getShort(0) & 0xffff,
            0,
            to.low(),
            segment.getShort(2) & 0xffff);
    stack.receive(ends, segment);
  }
}
