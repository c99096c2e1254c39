package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** IPv6, as a guest sets itself up. */
class NdpTest {
  private static final long NET = Subnet.USUAL_HIGH6 | 2;
  private static final IpAddress LINK_LOCAL = IpAddress.v6(0xfe80L << 48, 0x99);
  private static final IpAddress ALL_ROUTERS = IpAddress.v6(0xff02L << 48, 2);
  private static final IpAddress GATEWAY = IpAddress.v6(NET, 2);
  private static final IpAddress OWN = IpAddress.v6(NET, 0x9999);

  private GuestSide guest;

  @BeforeEach
  void start() throws Exception {
    guest =
        new GuestSide(new UserSpec(null, NetPolicy.none(), null), new Subnet(0x0a00_0200, 24, NET));
  }

  @AfterEach
  void end() {
    guest.close();
  }

  private void send(IpAddress from, IpAddress to, int hops, byte[] message) {
    ByteBuffer frame = ByteBuffer.allocate(54 + message.length);
    frame.putShort((short) 0x3333).putInt((int) to.low());
    frame.putShort((short) (GuestSide.MAC >>> 32)).putInt((int) GuestSide.MAC);
    frame.putShort((short) 0x86dd).putInt(0x6000_0000).putShort((short) message.length);
    frame.put((byte) 58).put((byte) hops);
    from.put(frame);
    to.put(frame);
    frame.put(message).flip();
    int sum = InternetChecksum.add(pseudo(from, to, message.length), sum(frame));
    guest.send(frame.putShort(56, (short) InternetChecksum.finish(sum)));
  }

  private static int sum(ByteBuffer frame) {
    return InternetChecksum.sum(frame, 54, frame.limit() - 54);
  }

  private static int pseudo(IpAddress from, IpAddress to, int length) {
    return InternetChecksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), 58, length);
  }

  private ByteBuffer answer(IpAddress from, IpAddress to, int hops) {
    ByteBuffer frame = guest.next();
    assertEquals(from, IpAddress.v6(frame.getLong(22), frame.getLong(30)));
    assertEquals(to, IpAddress.v6(frame.getLong(38), frame.getLong(46)));
    assertEquals(hops, frame.get(21) & 0xff);
    int length = frame.getShort(18);
    assertEquals(frame.limit() - 54, length);
    assertEquals(0xffff, InternetChecksum.add(pseudo(from, to, length), sum(frame)));
    return frame.slice(54, length);
  }

  @Test
  void shouldSayWhichNetworkThisIs_whenAskedAndFromTimeToTime() throws Exception {
    send(LINK_LOCAL, ALL_ROUTERS, 255, new byte[] {(byte) 133, 0, 0, 0, 0, 0, 0, 0});

    ByteBuffer answer = answer(Subnet.ROUTER_LINK_LOCAL, LINK_LOCAL, 255);
    assertEquals((byte) 134, answer.get(0));
    assertEquals(9000, answer.getShort(6));
    assertEquals(1500, answer.getInt(28));
    assertEquals(0x0304_40c0, answer.getInt(32));
    assertEquals(NET, answer.getLong(48));
    assertEquals(0x1903, answer.getShort(64));
    assertEquals(3, answer.getLong(80));

    guest.nanos.addAndGet(Ndp.PERIOD_NANOS);
    guest.driver.turn(0);
    answer(Subnet.ROUTER_LINK_LOCAL, IpAddress.v6(0xff02L << 48, 1), 255);
  }

  private static byte[] solicitation(IpAddress target) {
    ByteBuffer message = ByteBuffer.allocate(24).put((byte) 135).position(8);
    target.put(message);
    return message.array();
  }

  @Test
  void shouldTellItsMacAddress_butNotToOthersBehindARouter() {
    send(OWN, IpAddress.v6(0xff02L << 48, 0x1_ff00_0002L), 254, solicitation(GATEWAY));
    assertTrue(guest.received.isEmpty());
    assertEquals(1, guest.counters.spoofed);
    assertEquals(1L, guest.counters.byName().get("user_spoofed"));

    send(OWN, IpAddress.v6(0xff02L << 48, 0x1_ff00_0002L), 255, solicitation(GATEWAY));

    ByteBuffer answer = answer(GATEWAY, OWN, 255);
    assertEquals((byte) 136, answer.get(0));
    assertEquals(0xe000_0000, answer.getInt(4));
    assertEquals(Subnet.HOST_MAC, answer.getLong(24) & 0xffff_ffff_ffffL);
  }

  @Test
  void shouldSayNothing_whenTheGuestLooksWhetherItsAddressIsTaken() {
    IpAddress nobody = IpAddress.v6(0, 0);

    send(nobody, IpAddress.v6(0xff02L << 48, 0x1_ff00_0099L), 255, solicitation(OWN));

    assertTrue(guest.received.isEmpty());
    assertEquals(0, guest.counters.spoofed);
    send(nobody, IpAddress.v6(0xff02L << 48, 0x1_ff00_0002L), 255, solicitation(GATEWAY));
    assertEquals(0xa000_0000, answer(GATEWAY, IpAddress.v6(0xff02L << 48, 1), 255).getInt(4));
  }

  @Test
  void shouldAnswerPingsToTheGateway() {
    send(OWN, GATEWAY, 64, new byte[] {(byte) 128, 0, 0, 0, 0, 1, 0, 7, 42});

    ByteBuffer answer = answer(GATEWAY, OWN, 64);
    assertEquals((byte) 129, answer.get(0));
    assertEquals(0x0001_0007, answer.getInt(4));
    assertEquals(42, answer.get(8));
  }

  @Test
  void shouldDropWhatComesFromElsewhere() {
    send(IpAddress.v6(0x2001_0db8L << 32, 1), GATEWAY, 64, new byte[] {(byte) 128, 0, 0, 0});
    send(GATEWAY, GATEWAY, 64, new byte[] {(byte) 128, 0, 0, 0});

    assertTrue(guest.received.isEmpty());
    assertEquals(2, guest.counters.spoofed);
  }
}
