package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Leases, as a DHCP client asks for them. */
class DhcpServerTest {
  private static final IpAddress NOBODY = IpAddress.v4(0);
  private static final IpAddress ALL = IpAddress.v4(-1);

  private GuestSide guest;

  @BeforeEach
  void start() throws Exception {
    guest = new GuestSide();
  }

  @AfterEach
  void end() {
    guest.close();
  }

  private void ask(long mac, int... options) {
    ByteBuffer message = ByteBuffer.allocate(300);
    message.putInt(0x0101_0600).putInt(0xcafe).putInt(0).position(28);
    message.putShort((short) (mac >>> 32)).putInt((int) mac).position(236);
    message.putInt(0x6382_5363);
    for (int option : options) {
      message.put((byte) option);
    }
    message.put((byte) 255);
    guest.sendUdp(NOBODY, 68, ALL, 67, message.array());
  }

  private ByteBuffer answer() {
    ByteBuffer datagram = GuestSide.transport(guest.next(), 17, GuestSide.GATEWAY, ALL);
    assertEquals(67 << 16 | 68, datagram.getInt(0));
    return datagram.slice(8, datagram.limit() - 8);
  }

  private static Map<Integer, ByteBuffer> options(ByteBuffer message) {
    assertEquals(0x0201_0600, message.getInt(0));
    assertEquals(0xcafe, message.getInt(4));
    assertEquals(0x6382_5363, message.getInt(236));
    Map<Integer, ByteBuffer> options = new HashMap<>();
    int at = 240;
    while (message.get(at) != (byte) 255) {
      int length = message.get(at + 1) & 0xff;
      options.put(message.get(at) & 0xff, message.slice(at + 2, length));
      at += 2 + length;
    }
    return options;
  }

  @Test
  void shouldOfferAndGiveAnAddressWithAllThatBelongsToIt() {
    ask(GuestSide.MAC, 53, 1, 1);
    ByteBuffer offer = answer();
    assertEquals(2, options(offer).get(53).get(0));
    assertEquals(GuestSide.OWN.v4Bits(), offer.getInt(16));

    ask(GuestSide.MAC, 53, 1, 3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 2);
    ByteBuffer ack = answer();
    Map<Integer, ByteBuffer> options = options(ack);
    assertEquals(5, options.get(53).get(0));
    assertEquals(GuestSide.OWN.v4Bits(), ack.getInt(16));
    assertEquals(0xffff_ff00, options.get(1).getInt(0));
    assertEquals(GuestSide.GATEWAY.v4Bits(), options.get(3).getInt(0));
    assertEquals(GuestSide.DNS.v4Bits(), options.get(6).getInt(0));
    assertEquals("box", StandardCharsets.US_ASCII.decode(options.get(12)).toString());
    assertEquals("internal", StandardCharsets.US_ASCII.decode(options.get(15)).toString());
    assertEquals(1500, options.get(26).getShort(0));
    assertEquals(86_400, options.get(51).getInt(0));
  }

  @Test
  void shouldRefuseAnAddressOfAnotherNetwork() {
    ask(GuestSide.MAC, 53, 1, 3, 50, 4, 192, 168, 1, 15);

    ByteBuffer answer = answer();
    assertEquals(6, options(answer).get(53).get(0));
    assertEquals(0, answer.getInt(16));
    assertFalse(options(answer).containsKey(51));
  }

  @Test
  void shouldSayNothing_whenAnotherServerIsMeant() {
    ask(GuestSide.MAC, 53, 1, 3, 50, 4, 10, 0, 2, 15, 54, 4, 10, 0, 2, 9);

    assertTrue(guest.received.isEmpty());
  }

  @Test
  void shouldHaveNoMoreAddressesThanItHas() {
    for (int i = 0; i < 10_000; i++) {
      ask(0x0600_0000_0000L + i, 53, 1, 1);
    }

    assertEquals(Subnet.MOST_GUESTS, guest.received.size());
    assertEquals(10_000 - Subnet.MOST_GUESTS, guest.counters.overflowed);
  }

  @Test
  void shouldSurviveOptionsThatRunOut() {
    for (int cut = 0; cut < 300; cut++) {
      ByteBuffer message = ByteBuffer.allocate(300);
      message.putInt(0x0101_0600).putInt(1).position(236);
      message.putInt(0x6382_5363).put((byte) 53).put((byte) 1).put((byte) 1).put((byte) 50);
      message.put((byte) 200);
      byte[] part = new byte[cut];
      message.get(0, part);
      guest.sendUdp(NOBODY, 68, ALL, 67, part);
    }

    assertTrue(guest.received.size() <= 60, "answers: " + guest.received.size());
  }
}
