package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.net.InetAddresses;
import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.ip.InternetChecksum;
import dev.javisor.internal.net.ip.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guest tries to reach that its policy does not have: no socket is opened for it. */
class EgressTest {
  private static final int PORT = 4321;
  private static final int ECHO = 8;
  private static final int ECHO6 = 128;

  /** A network of both families, with a policy. */
  private static GuestSide guest(NetPolicy policy) throws Exception {
    return new GuestSide(
        new UserSpec(null, policy, null), new Subnet(0x0a00_0200, 24, Subnet.USUAL_HIGH6));
  }

  private static IpAddress own(boolean ipv6) {
    return ipv6 ? IpAddress.v6(Subnet.USUAL_HIGH6, 0x9999) : GuestSide.OWN;
  }

  private static void send(GuestSide guest, IpAddress to, int protocol, byte[] transport) {
    IpAddress from = own(to.ipv6());
    ByteBuffer bytes = ByteBuffer.wrap(transport);
    int offset = protocol == Wire.TCP ? 16 : protocol == Wire.UDP ? 6 : 2;
    int pseudo =
        protocol == Wire.ICMP
            ? 0
            : InternetChecksum.pseudoHeader(
                from.high(), from.low(), to.high(), to.low(), protocol, transport.length);
    int sum = InternetChecksum.add(pseudo, InternetChecksum.sum(bytes));
    bytes.putShort(offset, (short) InternetChecksum.finish(sum));
    if (!to.ipv6()) {
      guest.sendIpv4(from, to, protocol, transport);
      return;
    }
    ByteBuffer frame = ByteBuffer.allocate(54 + transport.length);
    frame.putShort((short) (Subnet.HOST_MAC >>> 32)).putInt((int) Subnet.HOST_MAC);
    frame.putShort((short) (GuestSide.MAC >>> 32)).putInt((int) GuestSide.MAC);
    frame.putShort((short) 0x86dd).putInt(0x6000_0000).putShort((short) transport.length);
    frame.put((byte) protocol).put((byte) 64);
    from.put(frame);
    to.put(frame);
    guest.send(frame.put(transport).flip());
  }

  /** Tries all ways to an address; all are said no to, and leave no socket. */
  private static void tryAll(GuestSide guest, IpAddress to) throws IOException {
    ByteBuffer syn = ByteBuffer.allocate(20).putInt(0, 4000 << 16 | PORT);
    send(guest, to, Wire.TCP, syn.put(12, (byte) 0x50).put(13, (byte) 2).array());
    ByteBuffer datagram = ByteBuffer.allocate(9).putInt(0, 4000 << 16 | PORT);
    send(guest, to, Wire.UDP, datagram.putShort(4, (short) 9).array());
    ByteBuffer echo = ByteBuffer.allocate(8).put(0, (byte) (to.ipv6() ? ECHO6 : ECHO));
    send(guest, to, to.ipv6() ? Wire.ICMPV6 : Wire.ICMP, echo.array());

    assertEquals(0, guest.driver.parts.tcp().sockets(), "sockets to " + to);
    assertEquals(0, guest.driver.parts.nat().size(), "flows to " + to);
    assertEquals(0, guest.counters.malformed, "wrong test: " + to);
    assertEquals(0, guest.counters.spoofed, "wrong test: " + to);
  }

  private static long saidNo(GuestSide guest) {
    return guest.counters.refused + guest.counters.unreachable;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.2.2",
        "192.0.2.7",
        "169.254.169.254",
        "0.0.0.0",
        "127.0.0.1",
        "224.0.0.251",
        "240.0.0.1",
        "255.255.255.255",
        "fd6a:7669:736f::2",
        "2001:db8::7",
        "::",
        "::1",
        "::7f00:1",
        "fe80::1",
        "ff02::fb",
      })
  void shouldLetNothingOut(String address) throws Exception {
    for (NetPolicy policy :
        List.of(NetPolicy.none(), NetPolicy.only("a.example.org", "198.51.100.0/24", "host:22"))) {
      try (GuestSide guest = guest(policy)) {
        IpAddress to = IpAddress.of(InetAddresses.forString(address));
        tryAll(guest, to);

        boolean gateway = to.equals(GuestSide.SUBNET.gateway(false)) || address.startsWith("fd6a");
        assertEquals(gateway ? 2 : 3, saidNo(guest), guest.counters.toString());
      }
    }
  }

  @Test
  void shouldLetNothingOut_toAddressesOfIpv4InIpv6() throws Exception {
    for (NetPolicy policy : List.of(NetPolicy.none(), NetPolicy.all())) {
      try (GuestSide guest = guest(policy)) {
        for (long low : new long[] {0xffff_7f00_0001L, 0xffff_a9fe_a9feL, 0xffff_c000_0207L}) {
          tryAll(guest, IpAddress.v6(0, low));
        }

        assertEquals(9, guest.counters.unreachable);
      }
    }
  }

  @Test
  void shouldLetNothingOut_toThisHostsOwnAddresses() throws Exception {
    List<InetAddress> addresses = new ArrayList<>();
    NetworkInterface.networkInterfaces().forEach(i -> i.inetAddresses().forEach(addresses::add));
    addresses.add(InetAddress.getLoopbackAddress());
    addresses.removeIf(address -> GuestSide.SUBNET.contains(IpAddress.of(address)));
    try (GuestSide guest = guest(NetPolicy.only("host:22"))) {
      for (InetAddress address : addresses) {
        long before = saidNo(guest);

        tryAll(guest, IpAddress.of(address));

        assertTrue(saidNo(guest) >= before + 2, address + ": " + guest.counters);
      }
    }
  }
}
