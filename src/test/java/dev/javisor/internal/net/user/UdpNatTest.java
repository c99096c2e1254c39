package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.config.NetPolicy;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Datagrams between a guest and this host's loopback. */
class UdpNatTest {
  private static final byte[] DATA = "datagram".getBytes(StandardCharsets.US_ASCII);

  private static DatagramSocket server() throws Exception {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static DatagramPacket receive(DatagramSocket socket) throws Exception {
    DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
    socket.receive(packet);
    return packet;
  }

  @Test
  void shouldCarryDatagramsBothWays() throws Exception {
    try (GuestSide guest = new GuestSide();
        DatagramSocket server = server()) {
      guest.sendUdp(GuestSide.OWN, 4000, GuestSide.GATEWAY, server.getLocalPort(), DATA);
      DatagramPacket came = receive(server);
      assertEquals("datagram", new String(came.getData(), 0, came.getLength(), "US-ASCII"));

      server.send(new DatagramPacket(DATA, DATA.length, came.getSocketAddress()));

      ByteBuffer answer = GuestSide.transport(guest.await(), 17, GuestSide.GATEWAY, GuestSide.OWN);
      assertEquals(server.getLocalPort() << 16 | 4000, answer.getInt(0));
      byte[] data = new byte[DATA.length];
      answer.get(8, data);
      assertArrayEquals(DATA, data);
    }
  }

  @Test
  void shouldTellTheGuest_whenNobodyListens() throws Exception {
    int port;
    try (DatagramSocket server = server()) {
      port = server.getLocalPort();
    }
    try (GuestSide guest = new GuestSide()) {
      guest.sendUdp(GuestSide.OWN, 4000, GuestSide.GATEWAY, port, DATA);

      ByteBuffer answer = GuestSide.transport(guest.await(), 1, GuestSide.GATEWAY, GuestSide.OWN);
      assertEquals(0x0303, answer.getShort(0));
      assertEquals(4000 << 16 | port, answer.getInt(8 + 20));
    }
  }

  @Test
  void shouldRefuse_whenThePolicyHasNoSuchPort() throws Exception {
    try (DatagramSocket server = server();
        GuestSide guest =
            new GuestSide(
                new UserSpec(null, NetPolicy.only("host:" + server.getLocalPort()), null))) {
      guest.sendUdp(GuestSide.OWN, 4000, GuestSide.GATEWAY, server.getLocalPort() ^ 1, DATA);
      ByteBuffer answer = GuestSide.transport(guest.next(), 1, GuestSide.GATEWAY, GuestSide.OWN);
      assertEquals(0x030d, answer.getShort(0));
      assertEquals(1, guest.counters.refused);

      guest.sendUdp(GuestSide.OWN, 4000, GuestSide.GATEWAY, server.getLocalPort(), DATA);
      receive(server);
    }
  }

  @Test
  void shouldForgetFlowsThatAreIdle_andHaveABoundedNumber() throws Exception {
    try (GuestSide guest = new GuestSide();
        DatagramSocket server = server()) {
      UdpNat nat = guest.driver.parts.nat();
      for (int i = 0; i < UdpNat.MOST_FLOWS + 100; i++) {
        guest.sendUdp(GuestSide.OWN, 4000 + i, GuestSide.GATEWAY, server.getLocalPort(), DATA);
      }
      assertEquals(UdpNat.MOST_FLOWS, nat.size());

      guest.nanos.addAndGet(UdpNat.IDLE_NANOS - 1);
      guest.sendUdp(GuestSide.OWN, 4500, GuestSide.GATEWAY, server.getLocalPort(), DATA);
      guest.nanos.addAndGet(1);
      guest.driver.turn(0);

      assertEquals(1, nat.size());
    }
  }
}
