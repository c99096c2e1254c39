package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.net.InetAddresses;
import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whom a guest reaches: nobody whom the policy does not name, by no way around. */
class PolicyEgressTest {
  private static final Subnet SUBNET = new Subnet(0x0a00_0200, 24, Subnet.USUAL_HIGH6);

  private static IpAddress address(String text) {
    return IpAddress.of(InetAddresses.forString(text));
  }

  private static PolicyEgress only(String... targets) {
    return new PolicyEgress(SUBNET, NetPolicy.only(targets));
  }

  @Test
  void shouldNotOpenThisHost_byANetworkThatTheGatewayIsIn() {
    for (String network : List.of("0.0.0.0/0", "10.0.0.0/8", "10.0.2.0/24", "::/0", "fd00::/8")) {
      PolicyEgress egress = only(network);

      assertFalse(egress.allows(SUBNET.gateway(false), 22), network);
      assertFalse(egress.allows(SUBNET.gateway(true), 22), network);
    }
    assertTrue(only("10.0.0.0/8").allows(address("10.9.9.9"), 22));
  }

  @Test
  void shouldOpenThisHost_byItsNameAndTheGatewaysAddress() {
    for (String host : List.of("host:22", "HOST.internal:22", "10.0.2.2:22", "10.0.2.2/32:22")) {
      PolicyEgress egress = only(host);

      assertTrue(egress.allows(SUBNET.gateway(false), 22), host);
      assertTrue(egress.allows(SUBNET.gateway(true), 22), host);
      assertFalse(egress.allows(SUBNET.gateway(false), 23), host);
    }
    assertFalse(only("*.internal").allows(SUBNET.gateway(false), 22));
  }

  @Test
  void shouldNotOpenThisHost_whenANameBelowAWildcardLeadsToIt() {
    PolicyEgress egress = only("*.example.org", "db.test:5432");

    egress.told("evil.example.org", List.of(SUBNET.gateway(false), address("192.0.2.7")));
    assertFalse(egress.allows(SUBNET.gateway(false), 22));
    assertTrue(egress.allows(address("192.0.2.7"), 22));

    egress.told("db.test", List.of(SUBNET.gateway(false)));
    assertTrue(egress.allows(SUBNET.gateway(false), 5432));
    assertFalse(egress.allows(SUBNET.gateway(false), 22));
  }

  @Test
  void shouldKeepToTheNamesAndPorts() {
    PolicyEgress egress = only("*.example.org:443", "www.example.com");

    assertTrue(egress.allows("a.b.EXAMPLE.org"));
    assertFalse(egress.allows("example.org"));
    assertFalse(egress.allows("badexample.org"));
    assertFalse(egress.allows("www.example.com.evil.net"));
    egress.told("a.example.org", List.of(address("192.0.2.1")));
    egress.told("www.example.com", List.of(address("2001:db8::1")));
    egress.told("other.net", List.of(address("192.0.2.9")));
    assertTrue(egress.allows(address("192.0.2.1"), 443));
    assertFalse(egress.allows(address("192.0.2.1"), 80));
    assertTrue(egress.allows(address("2001:db8::1"), 1));
    assertFalse(egress.allows(address("192.0.2.9"), 443));
  }

  @Test
  void shouldForgetTheOldestAddresses_whenAGuestIsToldMany() {
    PolicyEgress egress = only("*.example.org");
    for (int i = 0; i <= PolicyEgress.MOST_ADDRESSES; i++) {
      egress.told("a.example.org", List.of(IpAddress.v4(0x0b00_0000 + i)));
    }

    assertFalse(egress.allows(IpAddress.v4(0x0b00_0000), 80));
    assertTrue(egress.allows(IpAddress.v4(0x0b00_0001), 80));
  }

  @Test
  void shouldHaveNoWayRoundByAnotherSpellingOfAnAddress() {
    for (String own :
        List.of(
            "0.0.0.0",
            "127.0.0.1",
            "127.9.9.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "ff02::1",
            "fe80::1")) {
      assertFalse(Outside.isUsable(address(own)), own);
    }
    // An IPv4 address in one of IPv6, which Java would take for that of IPv4.
    assertFalse(Outside.isUsable(IpAddress.v6(0, 0xffff_7f00_0001L)));
    assertFalse(Outside.isUsable(IpAddress.v6(0, 0xffff_0808_0808L)));
    // NAT64 is an address like others: what the policy says of IPv4 does not open it.
    assertFalse(only("192.0.2.0/24").allows(address("64:ff9b::c000:207"), 80));
  }

  @Test
  void shouldLetNothingOut_whenItIsNone() throws Exception {
    try (GuestSide guest = new GuestSide(new UserSpec(null, NetPolicy.none(), null), SUBNET)) {
      int answered = 0;
      for (String target : List.of("192.0.2.7", "10.0.2.2", "8.8.8.8", "169.254.169.254")) {
        guest.sendUdp(GuestSide.OWN, 4000, address(target), 53, new byte[32]);
        ByteBuffer said = guest.next();
        assertEquals(
            0x030d, GuestSide.transport(said, 1, GuestSide.GATEWAY, GuestSide.OWN).getShort(0));
        answered++;
      }
      guest.ping(GuestSide.OWN, address("192.0.2.7"), new byte[8]);
      guest.next();
      answered++;

      assertEquals(answered, guest.counters.refused);
      assertEquals(0, guest.driver.parts.nat().size());
      assertEquals(0, guest.driver.parts.tcp().sockets());
      // The gateway itself, which is not this host, still answers.
      guest.ping(GuestSide.OWN, GuestSide.GATEWAY, new byte[8]);
      ByteBuffer pong = GuestSide.transport(guest.next(), 1, GuestSide.GATEWAY, GuestSide.OWN);
      assertEquals(0, pong.getShort(0));
    }
  }
}
