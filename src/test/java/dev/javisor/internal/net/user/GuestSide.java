package dev.javisor.internal.net.user;

import dev.javisor.backend.NetFrame;
import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.FrameSource;
import dev.javisor.internal.net.OffloadGuest;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.sys.Errno;
import dev.javisor.internal.sys.NativeException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A guest of a user-mode network, by its frames; the network is driven by the test, on its clock.
 */
final class GuestSide implements OffloadGuest, AutoCloseable {
  static final long MAC = 0x0200_0000_0001L;
  static final Subnet SUBNET = new Subnet(0x0a00_0200, 24, 0);
  static final IpAddress OWN = IpAddress.v4(0x0a00_020f);
  static final IpAddress GATEWAY = IpAddress.v4(0x0a00_0202);
  static final IpAddress DNS = IpAddress.v4(0x0a00_0203);

  final AtomicLong nanos = new AtomicLong(1);
  final Counters counters = new Counters();
  final Queue<ByteBuffer> received = new ArrayDeque<>();
  final UserNetDriver driver;
  final Queue<ByteBuffer> large = new ArrayDeque<>();
  Offloads taken = Offloads.NONE;

  /** Who pings others; the user may not. */
  EchoSocket.Opener pings =
      address -> {
        throw new NativeException("socket", Errno.EACCES, "ICMP");
      };

  boolean hasRoom = true;
  int completed;

  GuestSide() throws Exception {
    this(new UserSpec(null, NetPolicy.all(), "box"));
  }

  GuestSide(UserSpec spec) throws Exception {
    this(spec, SUBNET);
  }

  GuestSide(UserSpec spec, Subnet subnet) throws Exception {
    this(spec, subnet, Thread::new);
  }

  GuestSide(UserSpec spec, Subnet subnet, ThreadFactory threads) throws Exception {
    this(spec, subnet, threads, null);
  }

  /** One of several, which have names by their MAC addresses. */
  GuestSide(
      UserSpec spec,
      Subnet subnet,
      ThreadFactory threads,
      @Nullable LongFunction<@Nullable NamedGuest> guests)
      throws Exception {
    driver =
        new UserNetDriver(
            this,
            spec,
            subnet,
            guests,
            nanos::get,
            new SplittableRandom(1),
            counters,
            threads,
            address -> pings.open(address));
  }

  @Override
  public boolean deliver(ByteBuffer frame) {
    if (hasRoom) {
      received.add(ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip());
    }
    return hasRoom;
  }

  @Override
  public boolean deliver(NetFrame frame) {
    throw new AssertionError("no frame comes from another guest");
  }

  @Override
  public Offloads offloads() {
    return taken;
  }

  @Override
  public boolean deliver(FrameSource frame) {
    if (hasRoom) {
      FrameRoom room = new FrameRoom();
      int length = frame.receive(room);
      large.add(room.bytes.limit(length));
    }
    return hasRoom;
  }

  @Override
  public int mtu() {
    return 1500;
  }

  /** Sends a frame. */
  void send(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    driver.take(new HeapFrame(bytes, () -> completed++));
  }

  /** Sends an IPv4 packet. */
  void sendIpv4(IpAddress from, IpAddress to, int protocol, byte[] transport) {
    send(ipv4(from, to, protocol, transport));
  }

  static ByteBuffer ipv4(IpAddress from, IpAddress to, int protocol, byte[] transport) {
    ByteBuffer frame = ByteBuffer.allocate(34 + transport.length);
    frame.putShort((short) (Subnet.HOST_MAC >>> 32)).putInt((int) Subnet.HOST_MAC);
    frame.putShort((short) (MAC >>> 32)).putInt((int) MAC).putShort((short) 0x0800);
    frame.putShort((short) 0x4500).putShort((short) (20 + transport.length)).putInt(0x1234_0000);
    frame.put((byte) 64).put((byte) protocol).putShort((short) 0);
    from.put(frame);
    to.put(frame);
    int sum = InternetChecksum.sum(frame, 14, 20);
    frame.putShort(24, (short) InternetChecksum.finish(sum));
    return frame.put(transport).flip();
  }

  /** Sends a datagram. */
  void sendUdp(IpAddress from, int fromPort, IpAddress to, int toPort, byte[] data) {
    sendIpv4(from, to, 17, udp(from, fromPort, to, toPort, data));
  }

  static byte[] udp(IpAddress from, int fromPort, IpAddress to, int toPort, byte[] data) {
    ByteBuffer bytes = ByteBuffer.allocate(8 + data.length);
    bytes.putShort((short) fromPort).putShort((short) toPort);
    bytes.putShort((short) bytes.capacity()).putShort((short) 0).put(data).flip();
    int pseudo = InternetChecksum.pseudoHeader(from.v4Bits(), to.v4Bits(), 17, bytes.capacity());
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(bytes));
    return bytes.putShort(6, (short) InternetChecksum.finishUdp(sum)).array();
  }

  /** Sends a ping. */
  void ping(IpAddress from, IpAddress to, byte[] data) {
    ByteBuffer echo = ByteBuffer.allocate(8 + data.length);
    echo.put((byte) 8).put((byte) 0).putShort((short) 0).putInt(0x0001_0007).put(data).flip();
    echo.putShort(2, (short) InternetChecksum.finish(InternetChecksum.sum(echo)));
    sendIpv4(from, to, 1, echo.array());
  }

  /** The next frame that came; an error if there is none. */
  ByteBuffer next() {
    ByteBuffer frame = received.poll();
    if (frame == null) {
      throw new AssertionError("nothing came; " + counters);
    }
    return frame;
  }

  /** Drives the network until a frame has come. */
  ByteBuffer await() throws Exception {
    long end = System.nanoTime() + 20_000_000_000L;
    while (received.isEmpty() && System.nanoTime() < end) {
      driver.turn(10);
    }
    return next();
  }

  /** The transport of an IPv4 packet whose headers are right. */
  static ByteBuffer transport(ByteBuffer frame, int protocol, IpAddress from, IpAddress to) {
    List<String> wrong = new ArrayList<>();
    check(wrong, "type", frame.getShort(12) == 0x0800);
    check(wrong, "target", frame.getLong(0) >>> 16 == MAC || frame.getLong(0) >>> 16 == -1L >>> 16);
    check(wrong, "source", frame.getLong(4) << 16 >>> 16 == Subnet.HOST_MAC);
    check(wrong, "checksum", InternetChecksum.sum(frame, 14, 20) == 0xffff);
    check(wrong, "length", (frame.getShort(16) & 0xffff) == frame.limit() - 14);
    check(wrong, "protocol", frame.get(23) == protocol);
    check(wrong, "from", IpAddress.v4(frame.getInt(26)).equals(from));
    check(wrong, "to", IpAddress.v4(frame.getInt(30)).equals(to));
    ByteBuffer transport = frame.slice(34, frame.limit() - 34);
    int pseudo =
        protocol == 1
            ? 0
            : InternetChecksum.pseudoHeader(
                from.v4Bits(), to.v4Bits(), protocol, transport.limit());
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(transport));
    check(wrong, "transport's checksum", sum == 0xffff);
    if (!wrong.isEmpty()) {
      throw new AssertionError(wrong + " of " + java.util.HexFormat.of().formatHex(frame.array()));
    }
    return transport;
  }

  private static void check(List<String> wrong, String what, boolean right) {
    if (!right) {
      wrong.add(what);
    }
  }

  @Override
  public void close() {
    driver.close();
  }
}
