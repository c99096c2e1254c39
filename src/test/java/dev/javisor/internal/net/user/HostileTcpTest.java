package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests that open and never go on: bounded, ended in time, and in nobody's way. */
@Timeout(180)
class HostileTcpTest {
  private static final long MINUTE = 60_000_000_000L;

  private static int freePort() throws IOException {
    try (ServerSocket server = server()) {
      return server.getLocalPort();
    }
  }

  private static ServerSocket server() throws IOException {
    return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  private static void syn(GuestSide guest, int fromPort, int toPort) {
    ByteBuffer syn = ByteBuffer.allocate(20).putShort(0, (short) fromPort);
    syn.putShort(2, (short) toPort).put(12, (byte) 0x50).put(13, (byte) 2);
    IpAddress to = GuestSide.GATEWAY;
    int pseudo = InternetChecksum.pseudoHeader(GuestSide.OWN.v4Bits(), to.v4Bits(), Wire.TCP, 20);
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(syn));
    guest.sendIpv4(
        GuestSide.OWN,
        to,
        Wire.TCP,
        syn.putShort(16, (short) InternetChecksum.finish(sum)).array());
  }

  /** Time passes, in steps that let timers follow each other; no socket is looked at. */
  private static void pass(GuestSide guest, long nanos) {
    for (int i = 0; i < 200; i++) {
      guest.nanos.addAndGet(nanos / 200);
      guest.driver.parts.tick();
      guest.driver.parts.flush();
      guest.received.clear();
    }
  }

  private static void shouldServe(GuestSide guest) throws Exception {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      GuestTcp tcp = new GuestTcp(guest);
      guest.received.clear();
      GuestTcp.Talk talk =
          tcp.connect(GuestSide.GATEWAY, server.socket().getLocalPort(), new byte[] {7});
      tcp.until(() -> talk.opened);
      try (SocketChannel accepted = server.accept()) {
        tcp.until(() -> !talk.toSend.hasRemaining());
        accepted.write(ByteBuffer.wrap(new byte[] {8}));
        accepted.shutdownOutput();
        tcp.until(() -> talk.ended);
        assertEquals(8, talk.received.toByteArray()[0]);
      }
    }
  }

  @Test
  void shouldServeAnHonestConnection_afterManyToPortsThatNobodyAnswers() throws Exception {
    int port = freePort();
    try (GuestSide guest = new GuestSide()) {
      for (int i = 0; i < 5000; i++) {
        syn(guest, 1 + i, port);
        if (i % 256 == 0) {
          guest.driver.turn(0);
          guest.received.clear();
        }
        assertTrue(guest.driver.parts.tcp().sockets() <= TcpSide.MOST_SOCKETS);
      }

      while (guest.driver.parts.tcp().sockets() > 0) {
        guest.driver.turn(10);
      }
      shouldServe(guest);
    }
  }

  @Test
  void shouldServeAnHonestConnection_onceManyHalfOpenOnesAreGivenUp() throws Exception {
    try (GuestSide guest = new GuestSide();
        ServerSocket server = new ServerSocket(0, 5000, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < 5000; i++) {
        syn(guest, 1 + i, server.getLocalPort());
      }
      assertTrue(guest.driver.parts.tcp().sockets() > 100, "sockets");
      guest.driver.turn(10);

      pass(guest, 5 * MINUTE);

      assertEquals(0, guest.driver.parts.tcp().sockets());
      shouldServe(guest);
    }
  }

  @Test
  void shouldGiveUp_whenTheHostNeitherAcceptsNorRefuses() throws Exception {
    try (GuestSide guest = new GuestSide();
        ServerSocket server = server()) {
      // Nobody looks at the socket: as if no answer came.
      syn(guest, 4000, server.getLocalPort());
      assertEquals(1, guest.driver.parts.tcp().sockets());

      pass(guest, 3 * MINUTE);

      assertEquals(0, guest.driver.parts.tcp().sockets());
    }
  }

  /** Opens a connection, to which the host sends more than fits. */
  private static SocketChannel flood(ServerSocketChannel server, GuestSide guest, GuestTcp tcp)
      throws Exception {
    GuestTcp.Talk talk =
        tcp.connect(GuestSide.GATEWAY, server.socket().getLocalPort(), new byte[1]);
    tcp.until(() -> talk.opened);
    SocketChannel accepted = server.accept();
    accepted.configureBlocking(false);
    tcp.lossRate = 1;
    ByteBuffer data = ByteBuffer.allocate(1 << 16);
    for (int i = 0; i < 100; i++) {
      accepted.write(data.clear());
      guest.driver.turn(0);
      guest.nanos.addAndGet(1_000_000);
      guest.received.clear();
    }
    return accepted;
  }

  @Test
  void shouldResetTheHost_whenTheGuestNeverAcknowledges() throws Exception {
    try (GuestSide guest = new GuestSide();
        ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      GuestTcp tcp = new GuestTcp(guest);
      try (SocketChannel accepted = flood(server, guest, tcp)) {
        assertEquals(1, guest.driver.parts.tcp().sockets());

        pass(guest, 10 * MINUTE);
        guest.driver.turn(0);

        assertEquals(0, guest.driver.parts.tcp().sockets());
        assertThrows(
            IOException.class,
            () -> {
              for (int i = 0; i < 1000; i++) {
                accepted.write(ByteBuffer.allocate(1));
              }
            });
      }
      shouldServe(guest);
    }
  }
}
