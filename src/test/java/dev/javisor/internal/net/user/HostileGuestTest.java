package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import dev.javisor.internal.net.tcp.TcpCloseReason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A guest that sends what no driver does, and a host that has run out of something. */
class HostileGuestTest {
  private static final Subnet BOTH = new Subnet(0x0a00_0200, 24, Subnet.USUAL_HIGH6);
  private static final IpAddress OWN6 = BOTH.host(true, 0x9999);
  private static final IpAddress GATEWAY6 = BOTH.gateway(true);
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int OPTIONS = 60;

  private static GuestSide guest() throws Exception {
    return new GuestSide(new UserSpec(null, NetPolicy.none(), null), BOTH);
  }

  private static ByteBuffer ipv6(IpAddress to, int next, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(54 + payload.length);
    frame.putShort((short) (Subnet.HOST_MAC >>> 32)).putInt((int) Subnet.HOST_MAC);
    frame.putShort((short) (GuestSide.MAC >>> 32)).putInt((int) GuestSide.MAC);
    frame.putShort((short) 0x86dd).putInt(0x6000_0000).putShort((short) payload.length);
    frame.put((byte) next).put((byte) 64);
    OWN6.put(frame);
    to.put(frame);
    return frame.put(payload).flip();
  }

  private static byte[] echo6(int length) {
    ByteBuffer echo = ByteBuffer.allocate(length).put(0, (byte) 128);
    int pseudo =
        InternetChecksum.pseudoHeader(
            OWN6.high(), OWN6.low(), GATEWAY6.high(), GATEWAY6.low(), 58, length);
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(echo));
    return echo.putShort(2, (short) InternetChecksum.finish(sum)).array();
  }

  @Test
  void shouldSurvivePingsOfAnyLength() throws Exception {
    try (GuestSide guest = guest()) {
      for (int length : new int[] {0, 7, 8, 1452, 1453, 65_490, 65_495, 65_496, 65_504}) {
        byte[] echo = length < 4 ? new byte[length] : echo6(length);
        assertDoesNotThrow(() -> guest.send(ipv6(GATEWAY6, 58, echo)), "length " + length);
      }

      // Those that fit into the MTU.
      assertEquals(3, guest.received.size());
      assertEquals(9, guest.completed);
    }
  }

  @Test
  void shouldDropChainsOfExtensionHeaders() throws Exception {
    try (GuestSide guest = guest()) {
      byte[] toFragment = new byte[24];
      toFragment[0] = FRAGMENT;
      guest.send(ipv6(GATEWAY6, HOP_BY_HOP, toFragment));
      guest.send(ipv6(GATEWAY6, FRAGMENT, new byte[24]));
      assertEquals(2, guest.counters.fragments);
      assertTrue(guest.received.isEmpty());

      for (int next : new int[] {HOP_BY_HOP, ROUTING, OPTIONS, 50, 51, 59, 135, 255}) {
        for (int length : new int[] {0, 1, 7, 8, 16, 200, 3000}) {
          byte[] chain = new byte[length];
          for (int i = 0; i < length; i += 8) {
            chain[i] = (byte) (i % 16 == 0 ? next : OPTIONS);
          }
          guest.send(ipv6(GATEWAY6, next, chain));
          if (length > 1) {
            chain[1] = -1;
            guest.send(ipv6(GATEWAY6, next, chain));
          }
        }
      }
      assertEquals(2 + 8 * 12, guest.completed);
      assertTrue(guest.received.size() <= IcmpHost.BURST);
    }
  }

  @Test
  void shouldNotAnswerErrorsByErrors() throws Exception {
    try (GuestSide guest = guest()) {
      IpAddress nobody = IpAddress.v4(0x0a00_0263);
      for (int type : new int[] {0, 3, 4, 5, 11, 12, 255}) {
        byte[] message = new byte[36];
        message[0] = (byte) type;
        int sum = InternetChecksum.finish(InternetChecksum.sum(ByteBuffer.wrap(message)));
        ByteBuffer.wrap(message).putShort(2, (short) sum);
        guest.sendIpv4(GuestSide.OWN, nobody, 1, message);
        guest.sendIpv4(GuestSide.OWN, GuestSide.GATEWAY, 1, message);
      }

      assertTrue(guest.received.isEmpty());
    }
  }

  @Test
  void shouldNotSendToGroups_whenTheGuestSaysThatItIsOne() throws Exception {
    try (GuestSide guest = guest()) {
      ByteBuffer ping = GuestSide.ipv4(GuestSide.OWN, GuestSide.GATEWAY, 1, new byte[8]);
      guest.send(ping.put(6, (byte) -1));

      assertEquals(1, guest.counters.spoofed);
      assertTrue(guest.driver.parts.tcp().address(null).isEmpty());
    }
  }

  @Test
  void shouldSurviveFramesThatAreAlmostRight() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    try (GuestSide guest = guest()) {
      List<ByteBuffer> seeds = new ArrayList<>();
      seeds.add(ipv6(GATEWAY6, 58, echo6(64)));
      seeds.add(GuestSide.ipv4(GuestSide.OWN, GuestSide.GATEWAY, 6, new byte[40]));
      byte[] query = {1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 'h', 'o', 's', 't', 0, 0, 1, 0, 1};
      byte[] dns = GuestSide.udp(GuestSide.OWN, 99, GuestSide.DNS, 53, query);
      seeds.add(GuestSide.ipv4(GuestSide.OWN, GuestSide.DNS, 17, dns));
      byte[] dhcp = new byte[300];
      dhcp[0] = dhcp[1] = 1;
      dhcp[2] = 6;
      ByteBuffer.wrap(dhcp).putInt(236, 0x6382_5363).putInt(240, 0x3501_01ff);
      IpAddress all = IpAddress.v4(-1);
      byte[] discover = GuestSide.udp(IpAddress.v4(0), 68, all, 67, dhcp);
      seeds.add(GuestSide.ipv4(IpAddress.v4(0), all, 17, discover));

      for (int i = 0; i < 40_000; i++) {
        ByteBuffer seed = seeds.get(i % seeds.size());
        byte[] frame = new byte[seed.limit()];
        seed.get(0, frame);
        for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
          frame[random.nextInt(12, frame.length)] = (byte) random.nextInt();
        }
        if (frame[12] == 8 && (frame[14] & 0xf0) == 0x40) {
          int header = Math.min((frame[14] & 0xf) * 4, frame.length - 14);
          ByteBuffer bytes = ByteBuffer.wrap(frame);
          bytes.putShort(24, (short) 0);
          int sum = InternetChecksum.sum(bytes, 14, header);
          bytes.putShort(24, (short) InternetChecksum.finish(sum));
          // UDP without a checksum reaches what is behind it.
          if (frame[23] == 17) {
            bytes.putShort(40, (short) 0);
          }
        }
        guest.send(ByteBuffer.wrap(frame, 0, random.nextInt(frame.length - 8, frame.length + 1)));
        guest.received.clear();
      }

      assertEquals(40_000, guest.completed);
    }
  }

  @Test
  void shouldKeepNoSocket_whenItCannotBeUsed() throws Exception {
    try (GuestSide guest = new GuestSide(new UserSpec(null, NetPolicy.all(), null), BOTH)) {
      GuestTcp tcp = new GuestTcp(guest);
      // As a JVM without IPv6 fails: by an unchecked exception.
      guest.driver.loop.close();

      GuestTcp.Talk talk = tcp.connect(GuestSide.GATEWAY, 9, new byte[1]);
      tcp.stack.flush();
      guest.driver.parts.flush();
      guest.received.forEach(
          frame -> assertEquals(4, frame.get(34 + 13) & 4, "a reset, and nothing else"));
      guest.sendUdp(GuestSide.OWN, 4000, GuestSide.GATEWAY, 9, new byte[1]);

      assertEquals(0, guest.driver.parts.tcp().sockets());
      assertEquals(0, guest.driver.parts.nat().size());
      assertEquals(1, guest.counters.unreachable);
      assertEquals(null, talk.closed);
    }
  }

  @Test
  void shouldRefuseAConnection_whenThereIsNoThreadForIt() throws Exception {
    UserSpec.Service service = new UserSpec.Service("db", 5432, channel -> {});
    UserSpec spec = new UserSpec(null, NetPolicy.none(), null, List.of(), List.of(service));
    try (GuestSide guest =
        new GuestSide(
            spec,
            GuestSide.SUBNET,
            task -> {
              throw new OutOfMemoryError("unable to create native thread");
            })) {
      GuestTcp tcp = new GuestTcp(guest);
      for (int i = 0; i <= JavaServices.MOST; i++) {
        GuestTcp.Talk talk =
            tcp.connect(GuestSide.SUBNET.host(false, Subnet.FIRST_PLAYED), 5432, new byte[1]);
        tcp.until(() -> talk.closed != null);
        assertEquals(TcpCloseReason.REFUSED, talk.closed);
      }
    }
  }
}
