package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A network that guests share, one of which means the others ill. */
@Timeout(120)
class SharedNetworkTest {
  private static final long GOOD = 0x0200_0000_000aL;
  private static final long EVIL = 0x0200_0000_000bL;
  private static final long LATE = 0x0200_0000_000cL;
  private static final IpAddress ALL = IpAddress.v4(-1);
  private static final IpAddress NOBODY = IpAddress.v4(0);
  private static final IpAddress GOODS = GuestSide.SUBNET.host(false, Subnet.FIRST_GUEST);
  private static final IpAddress EVILS = GuestSide.SUBNET.host(false, Subnet.FIRST_GUEST + 1);
  private static final byte[] DATA = {1, 2, 3};

  private GuestSide guests;

  @BeforeEach
  void start() throws Exception {
    UserSpec.Service service = new UserSpec.Service("db", 5432, channel -> channel.read(room()));
    guests =
        new GuestSide(
            new UserSpec(null, NetPolicy.all(), null, List.of(), List.of(service)),
            GuestSide.SUBNET,
            Thread::new,
            Map.of(
                    GOOD,
                    new NamedGuest("good", 0),
                    EVIL,
                    new NamedGuest("evil", 1),
                    LATE,
                    new NamedGuest("late", 2))
                ::get);
    ask(GOOD, GOOD);
    ask(EVIL, EVIL);
    guests.received.clear();
  }

  @AfterEach
  void end() {
    guests.close();
  }

  private static ByteBuffer room() {
    return ByteBuffer.allocate(1);
  }

  private void send(long mac, IpAddress from, IpAddress to, int protocol, byte[] transport) {
    ByteBuffer frame = GuestSide.ipv4(from, to, protocol, transport);
    guests.send(frame.putShort(6, (short) (mac >>> 32)).putInt(8, (int) mac));
  }

  /** Asks for an address, in the name of a MAC address. */
  private void ask(long mac, long client) {
    ByteBuffer message = ByteBuffer.allocate(300).putInt(0x0101_0600).putInt(0xcafe).position(28);
    message.putShort((short) (client >>> 32)).putInt((int) client);
    message.putInt(236, 0x6382_5363).putInt(240, 0x3501_01ff);
    send(mac, NOBODY, ALL, Wire.UDP, GuestSide.udp(NOBODY, 68, ALL, 67, message.array()));
  }

  private void syn(long mac, IpAddress from, int fromPort, IpAddress to, int port) {
    ByteBuffer syn = ByteBuffer.allocate(20).putShort(0, (short) fromPort);
    syn.putShort(2, (short) port).put(12, (byte) 0x50).put(13, (byte) 2);
    int pseudo = InternetChecksum.pseudoHeader(from.v4Bits(), to.v4Bits(), Wire.TCP, 20);
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(syn));
    syn.putShort(16, (short) InternetChecksum.finish(sum));
    send(mac, from, to, Wire.TCP, syn.array());
  }

  private void udp(long mac, IpAddress from, int fromPort, int port) {
    IpAddress to = GuestSide.GATEWAY;
    send(mac, from, to, Wire.UDP, GuestSide.udp(from, fromPort, to, port, DATA));
  }

  /** What a guest is answered: the flags of the next segment to its port. */
  private int answer(int port) throws Exception {
    while (true) {
      ByteBuffer frame = guests.await();
      if (frame.get(23) == Wire.TCP && (frame.getShort(36) & 0xffff) == port) {
        return frame.get(34 + 13) & 0x3f;
      }
    }
  }

  @Test
  void shouldHearNothingFromAGuest_inAnothersName() throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      udp(GOOD, GOODS, 4000, server.getLocalPort());
      udp(EVIL, GOODS, 4000, server.getLocalPort());
      ByteBuffer claim = ByteBuffer.allocate(42);
      claim.putShort((short) -1).putInt(-1).putShort((short) (EVIL >>> 32)).putInt((int) EVIL);
      claim.putShort((short) Wire.ETHERTYPE_ARP).putLong(0x0001_0800_0604_0002L);
      claim.putShort((short) (EVIL >>> 32)).putInt((int) EVIL).putInt(GOODS.v4Bits());
      guests.send(claim.clear());

      assertEquals(2, guests.counters.spoofed);
      DatagramPacket packet = new DatagramPacket(new byte[10], 10);
      server.receive(packet);
      packet.setLength(3);
      server.send(packet);
      assertEquals(GOOD, guests.await().getLong(0) >>> 16);
    }
  }

  @Test
  void shouldKeepAnAddressForWhomItWasGivenTo_whoeverHadItBefore() throws Exception {
    TcpSide tcp = guests.driver.parts.tcp();
    IpAddress next = GuestSide.SUBNET.host(false, Subnet.FIRST_GUEST + 2);
    syn(EVIL, next, 1000, GuestSide.GATEWAY, 9);
    assertEquals(next, tcp.address("evil").orElseThrow());

    ask(LATE, LATE);
    syn(EVIL, next, 1001, GuestSide.GATEWAY, 9);

    assertEquals(1, guests.counters.spoofed);
    assertTrue(tcp.address("evil").isEmpty());
    syn(LATE, next, 1000, GuestSide.GATEWAY, 9);
    assertEquals(next, tcp.address("late").orElseThrow());
  }

  @Test
  void shouldGiveNoAddress_toWhomIsNotTheSender() {
    for (int i = 0; i < 2 * Subnet.MOST_GUESTS; i++) {
      ask(EVIL, 0x0200_0001_0000L + i);
    }
    ask(EVIL, GOOD);
    assertTrue(guests.received.isEmpty());
    assertEquals(2 * Subnet.MOST_GUESTS + 1, guests.counters.spoofed);

    ask(GOOD, GOOD);

    assertEquals(GOODS.v4Bits(), guests.next().getInt(42 + 16));
  }

  @Test
  void shouldLeaveSocketsToTheOther_whenAGuestTakesAllItCanGet() throws Exception {
    try (ServerSocket server = new ServerSocket()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2000);
      for (int i = 0; i < 2 * TcpSide.MOST_SOCKETS; i++) {
        syn(EVIL, EVILS, 1000 + i, GuestSide.GATEWAY, server.getLocalPort());
      }
      assertEquals(TcpSide.MOST_SOCKETS / 2, guests.driver.parts.tcp().sockets());
      guests.received.clear();

      syn(GOOD, GOODS, 999, GuestSide.GATEWAY, server.getLocalPort());

      assertEquals(0x12, answer(999), "SYN and ACK");
    }
  }

  @Test
  void shouldLeaveThreadsToTheOther_whenAGuestTakesAllItCanGet() throws Exception {
    IpAddress db = GuestSide.SUBNET.host(false, Subnet.FIRST_PLAYED);
    for (int i = 0; i < 2 * JavaServices.MOST; i++) {
      syn(EVIL, EVILS, 1000 + i, db, 5432);
    }
    guests.received.clear();

    syn(EVIL, EVILS, 998, db, 5432);
    syn(GOOD, GOODS, 999, db, 5432);

    assertEquals(0x14, answer(998), "RST and ACK");
    assertEquals(0x12, answer(999), "SYN and ACK");
  }

  @Test
  void shouldKeepTheOthersDatagramsFlowing_whenAGuestSendsToAll() throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      udp(GOOD, GOODS, 4000, server.getLocalPort());
      DatagramPacket packet = new DatagramPacket(new byte[10], 10);
      server.receive(packet);

      for (int i = 0; i < 2 * UdpNat.MOST_FLOWS; i++) {
        udp(EVIL, EVILS, 4000 + i, server.getLocalPort());
      }
      guests.received.clear();
      packet.setLength(3);
      server.send(packet);

      byte[] got = new byte[3];
      guests.await().get(42, got);
      assertArrayEquals(DATA, got);
      assertTrue(guests.driver.parts.nat().size() <= UdpNat.MOST_FLOWS / 2 + 1);
    }
  }
}
