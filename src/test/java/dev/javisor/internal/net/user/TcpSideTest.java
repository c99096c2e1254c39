package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.NetChannel;
import dev.javisor.config.NetPolicy;
import dev.javisor.error.NetworkException;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.net.tcp.TcpCloseReason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of a guest with sockets of this host and with Java code. */
@Timeout(180)
class TcpSideTest {
  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private interface Work<T> {
    T run() throws Exception;
  }

  private static <T> CompletableFuture<T> start(Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(work.run());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return result;
  }

  private static ServerSocket server() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static int freePort() throws IOException {
    try (ServerSocket server = server()) {
      return server.getLocalPort();
    }
  }

  /** Reads all that comes, and answers with it, one megabyte behind. */
  private static byte[] exchange(ServerSocket server, byte[] answer) throws IOException {
    try (Socket socket = server.accept()) {
      CompletableFuture<Void> sent =
          start(
              () -> {
                socket.getOutputStream().write(answer);
                socket.shutdownOutput();
                return null;
              });
      byte[] got = socket.getInputStream().readAllBytes();
      sent.join();
      return got;
    }
  }

  private static void shouldCarry(double loss, Offloads offloads, int count) throws Exception {
    byte[] up = bytes(count);
    byte[] down = bytes(count + 1);
    try (GuestSide guest = new GuestSide();
        ServerSocket server = server()) {
      GuestTcp tcp = new GuestTcp(guest);
      tcp.lossRate = loss;
      guest.taken = offloads;
      CompletableFuture<byte[]> got = start(() -> exchange(server, down));

      GuestTcp.Talk talk = tcp.connect(GuestSide.GATEWAY, server.getLocalPort(), up);
      tcp.until(() -> talk.closed != null && got.isDone());

      assertArrayEquals(up, got.join());
      assertArrayEquals(down, talk.received.toByteArray());
      assertEquals(TcpCloseReason.DONE, talk.closed);
      assertEquals(offloads.tso4(), tcp.largestSegment > 1460, "bytes: " + tcp.largestSegment);
      tcp.until(() -> guest.driver.parts.tcp().sockets() == 0);
    }
  }

  @Test
  void shouldCarryBytesBothWays() throws Exception {
    shouldCarry(0, Offloads.NONE, 3_000_000);
  }

  @Test
  void shouldCarryBytesBothWays_inLargeSegments() throws Exception {
    shouldCarry(0, Offloads.ALL, 3_000_000);
  }

  @Test
  void shouldCarryBytesBothWays_whenOneFrameInAHundredIsLost() throws Exception {
    shouldCarry(0.01, Offloads.NONE, 2_000_000);
  }

  @Test
  void shouldRefuse_whenNobodyListensOnTheHost() throws Exception {
    try (GuestSide guest = new GuestSide()) {
      GuestTcp tcp = new GuestTcp(guest);

      GuestTcp.Talk talk = tcp.connect(GuestSide.GATEWAY, freePort(), new byte[1]);
      tcp.until(() -> talk.closed != null);

      assertEquals(TcpCloseReason.REFUSED, talk.closed);
      assertEquals(0, guest.driver.parts.tcp().sockets());
    }
  }

  @Test
  void shouldRefuse_whenThePolicyDoes() throws Exception {
    try (ServerSocket server = server();
        GuestSide guest = new GuestSide(new UserSpec(null, NetPolicy.none(), null))) {
      GuestTcp tcp = new GuestTcp(guest);
      for (IpAddress target : List.of(GuestSide.GATEWAY, IpAddress.v4(0xc000_0207))) {
        GuestTcp.Talk talk = tcp.connect(target, server.getLocalPort(), new byte[1]);
        tcp.until(() -> talk.closed != null);
        assertEquals(TcpCloseReason.REFUSED, talk.closed);
      }
      assertEquals(2, guest.counters.refused);
    }
  }

  @Test
  void shouldPassResetsOn() throws Exception {
    try (GuestSide guest = new GuestSide();
        ServerSocket server = server()) {
      GuestTcp tcp = new GuestTcp(guest);
      CompletableFuture<Socket> accepted = start(server::accept);
      GuestTcp.Talk talk = tcp.connect(GuestSide.GATEWAY, server.getLocalPort(), new byte[1]);
      talk.echo = true;
      tcp.until(() -> accepted.isDone() && talk.opened);

      Socket socket = accepted.join();
      socket.setSoLinger(true, 0);
      socket.close();
      tcp.until(() -> talk.closed != null);
      assertEquals(TcpCloseReason.RESET, talk.closed);

      CompletableFuture<Socket> again = start(server::accept);
      GuestTcp.Talk other = tcp.connect(GuestSide.GATEWAY, server.getLocalPort(), new byte[1]);
      other.echo = true;
      tcp.until(() -> again.isDone() && other.opened);
      CompletableFuture<Integer> read = start(() -> again.join().getInputStream().read());
      tcp.until(read::isDone);
      read = start(() -> again.join().getInputStream().read());
      other.connection.reset();
      CompletableFuture<Integer> end = read;
      tcp.until(end::isDone);
      ExecutionException e = assertThrows(ExecutionException.class, end::get);
      assertTrue(e.getCause() instanceof SocketException, String.valueOf(e.getCause()));
    }
  }

  @Test
  void shouldForwardAPortOfTheHost() throws Exception {
    int hostPort = freePort();
    UserSpec spec =
        new UserSpec(
            null, NetPolicy.none(), null, List.of(new UserSpec.Forward(hostPort, 80)), List.of());
    try (GuestSide guest = new GuestSide(spec)) {
      GuestTcp tcp = new GuestTcp(guest);
      guest.ping(GuestSide.OWN, GuestSide.GATEWAY, new byte[8]);
      byte[] page = bytes(500_000);
      tcp.served = new GuestTcp.Talk(page);
      assertEquals(hostPort, guest.driver.parts.forwards().hostPort(new Forwards.Target(null, 80)));

      CompletableFuture<byte[]> got =
          start(
              () -> {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), hostPort)) {
                  socket.getOutputStream().write(7);
                  socket.shutdownOutput();
                  return socket.getInputStream().readAllBytes();
                }
              });
      tcp.until(got::isDone);

      assertArrayEquals(page, got.join());
      assertArrayEquals(new byte[] {7}, tcp.served.received.toByteArray());
    }
  }

  private static CompletableFuture<byte[]> readAll(int hostPort) {
    return start(
        () -> {
          try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), hostPort)) {
            return socket.getInputStream().readAllBytes();
          }
        });
  }

  @Test
  void shouldForwardOnceTheGuestIsThere_whenItHasSaidNothingYet() throws Exception {
    int hostPort = freePort();
    UserSpec spec =
        new UserSpec(
            null, NetPolicy.none(), null, List.of(new UserSpec.Forward(hostPort, 80)), List.of());
    try (GuestSide guest = new GuestSide(spec)) {
      GuestTcp tcp = new GuestTcp(guest);
      byte[] page = bytes(1000);
      tcp.served = new GuestTcp.Talk(page);
      CompletableFuture<byte[]> got = readAll(hostPort);
      awaitQuestion(guest);

      guest.ping(GuestSide.OWN, GuestSide.GATEWAY, new byte[8]);
      tcp.until(got::isDone);

      assertArrayEquals(page, got.join());
    }
  }

  /** Until the guest is asked for its address. */
  private static void awaitQuestion(GuestSide guest) throws IOException {
    while (guest.received.stream().noneMatch(frame -> frame.getShort(12) == 0x0806)) {
      guest.driver.turn(1);
    }
  }

  @Test
  void shouldReset_whenNoGuestComesInTime() throws Exception {
    int hostPort = freePort();
    UserSpec spec =
        new UserSpec(
            null, NetPolicy.none(), null, List.of(new UserSpec.Forward(hostPort, 80)), List.of());
    try (GuestSide guest = new GuestSide(spec)) {
      CompletableFuture<byte[]> got = readAll(hostPort);
      awaitQuestion(guest);
      assertFalse(got.isDone());

      guest.nanos.addAndGet(ForwardQueue.PATIENCE_NANOS);
      guest.driver.turn(1);

      ExecutionException e =
          assertThrows(ExecutionException.class, () -> got.get(1, TimeUnit.MINUTES));
      assertInstanceOf(SocketException.class, e.getCause());
    }
  }

  @Test
  void shouldConnectJavaToTheGuest() throws Exception {
    try (GuestSide guest = new GuestSide()) {
      GuestTcp tcp = new GuestTcp(guest);
      byte[] page = bytes(1_500_000);
      byte[] request = bytes(1_500_001);
      tcp.served = new GuestTcp.Talk(page);
      CompletableFuture<NetChannel> connected = start(() -> connect(guest, 5_000_000_000L));
      TimeUnit.MILLISECONDS.sleep(20);
      guest.ping(GuestSide.OWN, GuestSide.GATEWAY, new byte[8]);
      tcp.until(connected::isDone);
      NetChannel channel = connected.join();

      CompletableFuture<Integer> sent =
          start(
              () -> {
                int count = channel.write(ByteBuffer.wrap(request));
                channel.shutdownOutput();
                return count;
              });
      CompletableFuture<byte[]> got = start(() -> Channels.newInputStream(channel).readAllBytes());
      tcp.until(() -> sent.isDone() && got.isDone() && tcp.served.closed != null);

      assertEquals(request.length, sent.join());
      assertArrayEquals(page, got.join());
      assertArrayEquals(request, tcp.served.received.toByteArray());
      assertEquals(80, channel.guestAddress().getPort());
      assertEquals("10.0.2.2", channel.hostAddress().getAddress().getHostAddress());
      channel.close();
      assertThrows(IOException.class, () -> channel.read(ByteBuffer.allocate(1)));
    }
  }

  private static NetChannel connect(GuestSide guest, long nanos) throws IOException {
    return new Dialling(GuestSide.SUBNET, guest.driver.loop, guest.driver.parts, null)
        .connect(80, nanos);
  }

  private static NetworkException.Reason failure(GuestTcp tcp, CompletableFuture<?> connected)
      throws Exception {
    tcp.until(connected::isDone);
    ExecutionException e = assertThrows(ExecutionException.class, connected::get);
    return ((NetworkException) e.getCause()).reason();
  }

  @Test
  void shouldSayWhyJavaCannotConnect() throws Exception {
    try (GuestSide guest = new GuestSide()) {
      GuestTcp tcp = new GuestTcp(guest);
      assertEquals(
          NetworkException.Reason.NO_ADDRESS, failure(tcp, start(() -> connect(guest, 1))));

      guest.ping(GuestSide.OWN, GuestSide.GATEWAY, new byte[8]);

      assertEquals(
          NetworkException.Reason.REFUSED,
          failure(tcp, start(() -> connect(guest, 5_000_000_000L))));
      tcp.lossRate = 1;
      assertEquals(
          NetworkException.Reason.TIMED_OUT, failure(tcp, start(() -> connect(guest, 1_000_000L))));
    }
  }

  @Test
  void shouldLetJavaPlayAHost() throws Exception {
    UserSpec.Service service =
        new UserSpec.Service(
            "db",
            5432,
            channel -> {
              InputStream in = Channels.newInputStream(channel);
              byte[] question = in.readNBytes(4);
              String answer = "to " + new String(question, StandardCharsets.US_ASCII);
              channel.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
            });
    UserSpec spec = new UserSpec(null, NetPolicy.none(), null, List.of(), List.of(service));
    try (GuestSide guest = new GuestSide(spec)) {
      GuestTcp tcp = new GuestTcp(guest);
      IpAddress db = GuestSide.SUBNET.host(false, Subnet.FIRST_PLAYED);

      GuestTcp.Talk talk = tcp.connect(db, 5432, "ping".getBytes(StandardCharsets.US_ASCII));
      GuestTcp.Talk other = tcp.connect(db, 5433, new byte[1]);
      tcp.until(() -> talk.closed != null && other.closed != null);

      assertEquals("to ping", talk.received.toString(StandardCharsets.US_ASCII));
      assertEquals(TcpCloseReason.REFUSED, other.closed);
    }
  }

  @Test
  void shouldBoundConnections_whenTheGuestOpensAHundredThousand() throws Exception {
    try (GuestSide guest = new GuestSide();
        ServerSocket server = new ServerSocket(0, 5000, InetAddress.getLoopbackAddress())) {
      ByteBuffer syn = ByteBuffer.allocate(20);
      syn.putShort(2, (short) server.getLocalPort()).put(12, (byte) 0x50).put(13, (byte) 2);
      for (int i = 0; i < 100_000; i++) {
        syn.putShort(0, (short) i).putShort(16, (short) 0);
        IpAddress from = IpAddress.v4(0x0a00_0210 + (i >> 16));
        int sum =
            InternetChecksum.add(
                InternetChecksum.pseudoHeader(from.v4Bits(), GuestSide.GATEWAY.v4Bits(), 6, 20),
                InternetChecksum.sum(syn));
        syn.putShort(16, (short) InternetChecksum.finish(sum));
        guest.sendIpv4(from, GuestSide.GATEWAY, 6, syn.array());
        if (i % 1000 == 0) {
          guest.received.clear();
          guest.driver.turn(0);
        }
      }

      assertTrue(
          guest.driver.parts.tcp().sockets() <= TcpSide.MOST_SOCKETS,
          "sockets: " + guest.driver.parts.tcp().sockets());
      assertEquals(0, guest.counters.malformed);

      // One who means it is served as soon as those who did not had their time.
      guest.nanos.addAndGet(3_000_000_000L);
      GuestTcp tcp = new GuestTcp(guest);
      GuestTcp.Talk talk = tcp.connect(GuestSide.GATEWAY, server.getLocalPort(), new byte[1]);
      tcp.until(() -> talk.opened);
    }
  }
}
