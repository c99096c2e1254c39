package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.NetPolicy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Names, as a resolver in the guest asks for them. */
class DnsServerTest {
  private static byte[] query(String name, int type) {
    ByteBuffer message = ByteBuffer.allocate(12 + name.length() + 2 + 4);
    message.putShort((short) 0xbeef).putShort((short) 0x0100).putShort((short) 1);
    message.position(12);
    for (String label : name.split("\\.")) {
      message.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    return message.put((byte) 0).putShort((short) type).putShort((short) 1).array();
  }

  private static ByteBuffer ask(GuestSide guest, String name, int type) throws Exception {
    guest.sendUdp(GuestSide.OWN, 5353, GuestSide.DNS, 53, query(name, type));
    ByteBuffer datagram = GuestSide.transport(guest.await(), 17, GuestSide.DNS, GuestSide.OWN);
    assertEquals(53 << 16 | 5353, datagram.getInt(0));
    ByteBuffer answer = datagram.slice(8, datagram.limit() - 8);
    assertEquals((short) 0xbeef, answer.getShort(0));
    return answer;
  }

  private static int code(ByteBuffer answer) {
    return answer.getShort(2) & 0xf;
  }

  @Test
  void shouldKnowTheHostsOfTheNetwork() throws Exception {
    try (GuestSide guest = new GuestSide()) {
      for (String name : new String[] {"host", "host.internal", "HOST.Internal"}) {
        ByteBuffer answer = ask(guest, name, 1);

        assertEquals((short) 0x8180, answer.getShort(2));
        assertEquals(1, answer.getShort(6));
        assertEquals(GuestSide.GATEWAY.v4Bits(), answer.getInt(answer.limit() - 4));
      }
      assertEquals(0, ask(guest, "host", 28).getShort(6), "no IPv6");
    }
  }

  @Test
  void shouldKnowTheNamesOfItsAddresses() throws Exception {
    try (GuestSide guest = new GuestSide()) {
      ByteBuffer answer = ask(guest, "2.2.0.10.in-addr.arpa", 12);

      byte[] name = new byte[15];
      answer.get(answer.limit() - 15, name);
      assertEquals("\4host\10internal\0", new String(name, StandardCharsets.US_ASCII));
      assertEquals(3, code(ask(guest, "99.2.0.10.in-addr.arpa", 12)));
    }
  }

  @Test
  void shouldAskThisHost_whereItsLoopbackIsBehindTheGateway() throws Exception {
    try (GuestSide guest = new GuestSide()) {
      ByteBuffer answer = ask(guest, "localhost", 1);

      assertEquals(0, code(answer));
      assertEquals(GuestSide.GATEWAY.v4Bits(), answer.getInt(answer.limit() - 4));
    }
  }

  @Test
  void shouldRefuseNamesThatThePolicyDoesNotHave() throws Exception {
    UserSpec spec = new UserSpec(null, NetPolicy.only("*.example.org"), null);
    try (GuestSide guest = new GuestSide(spec)) {
      assertEquals(5, code(ask(guest, "localhost", 1)));
      assertEquals(5, code(ask(guest, "example.org", 1)));
      assertEquals(0, code(ask(guest, "host", 1)));
    }
    try (GuestSide guest = new GuestSide(new UserSpec(null, NetPolicy.none(), null))) {
      assertEquals(5, code(ask(guest, "localhost", 1)));
      assertEquals(5, code(ask(guest, "localhost", 15)));
    }
  }

  @Test
  void shouldAnswerNothingButQuestions() throws Exception {
    try (GuestSide guest = new GuestSide()) {
      byte[] good = query("localhost", 1);
      Random random = new Random(1);
      for (int i = 0; i < 5000; i++) {
        byte[] bad = java.util.Arrays.copyOf(good, random.nextInt(good.length));
        if (bad.length > 0) {
          bad[random.nextInt(bad.length)] ^= (byte) random.nextInt();
        }
        guest.sendUdp(GuestSide.OWN, 5353, GuestSide.DNS, 53, bad);
      }

      assertTrue(guest.counters.malformed > 4000, guest.counters.toString());
    }
  }
}
