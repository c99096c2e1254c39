package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that no honest guest sends: dropped, counted, and answered to nobody. */
class HostileFramesTest {
  private static final long NET6 = Subnet.USUAL_HIGH6;
  private static final IpAddress OWN6 = IpAddress.v6(NET6, 0x9999);
  private static final IpAddress GATEWAY6 = IpAddress.v6(NET6, 2);

  private GuestSide guest;

  @BeforeEach
  void start() throws Exception {
    guest =
        new GuestSide(new UserSpec(null, NetPolicy.all(), null), new Subnet(0x0a00_0200, 24, NET6));
  }

  @AfterEach
  void end() {
    guest.close();
  }

  private void shouldStillServe() throws Exception {
    guest.received.clear();
    guest.ping(GuestSide.OWN, GuestSide.GATEWAY, new byte[8]);
    GuestSide.transport(guest.next(), 1, GuestSide.GATEWAY, GuestSide.OWN);
    assertEquals(0, guest.driver.parts.tcp().sockets());
    assertEquals(0, guest.driver.parts.nat().size());
  }

  private static ByteBuffer ipv6(int next, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(54 + payload.length);
    frame.putShort((short) (Subnet.HOST_MAC >>> 32)).putInt((int) Subnet.HOST_MAC);
    frame.putShort((short) (GuestSide.MAC >>> 32)).putInt((int) GuestSide.MAC);
    frame.putShort((short) 0x86dd).putInt(0x6000_0000).putShort((short) payload.length);
    frame.put((byte) next).put((byte) 64);
    OWN6.put(frame);
    GATEWAY6.put(frame);
    return frame.put(payload).flip();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0x0a00_0202,
        0x0a00_0203,
        0x0a00_0264,
        0x0a00_02ff,
        0x0a00_0200,
        0x7f00_0001,
        0xe000_0001,
        0xffff_ffff,
        0xc000_0207,
        0xa9fe_a9fe
      })
  void shouldDropWhatPretendsToComeFromOthers(int source) throws Exception {
    IpAddress from = IpAddress.v4(source);

    guest.ping(from, GuestSide.GATEWAY, new byte[8]);
    guest.sendUdp(from, 4000, GuestSide.DNS, 53, new byte[12]);
    guest.sendUdp(from, 4000, IpAddress.v4(0xc000_0207), 4001, new byte[12]);

    assertEquals(3, guest.counters.spoofed);
    assertNull(guest.received.poll());
    shouldStillServe();
  }

  @ParameterizedTest
  @CsvSource({"0x0000", "0x2000", "0x0001", "0x3fff"})
  void shouldDropFragmentsOfIpv6(String bits) throws Exception {
    ByteBuffer fragment = ByteBuffer.allocate(16).put(0, (byte) 17);
    fragment.putShort(2, Integer.decode(bits).shortValue());

    guest.send(ipv6(44, fragment.array()));

    assertEquals(1, guest.counters.fragments);
    assertNull(guest.received.poll());
    shouldStillServe();
  }

  @Test
  void shouldDropFragmentsOfIpv6_behindHopByHopOptions() throws Exception {
    ByteBuffer headers = ByteBuffer.allocate(24).put(0, (byte) 44).put(8, (byte) 17);

    guest.send(ipv6(0, headers.array()));

    assertEquals(1, guest.counters.fragments);
    assertNull(guest.received.poll());
    shouldStillServe();
  }

  @Test
  void shouldBoundWhatItSays_whenHeadersOfIpv6GoOnAndOn() throws Exception {
    for (int next : new int[] {0, 43, 44, 51, 60, 135}) {
      for (int i = 0; i < 1000; i++) {
        byte[] chain = new byte[1440];
        for (int at = 0; at < chain.length; at += 8) {
          chain[at] = (byte) next;
          chain[at + 1] = (byte) (i % 3 == 0 ? 0 : i);
        }
        guest.send(ipv6(next, chain));
      }
    }

    assertEquals(true, guest.received.size() <= IcmpHost.BURST, "frames that came");
    guest.nanos.addAndGet(1_000_000_000L);
    shouldStillServe();
  }

  @Test
  void shouldDropLengthsThatLie() throws Exception {
    byte[] udp = GuestSide.udp(GuestSide.OWN, 4000, GuestSide.DNS, 53, new byte[20]);
    for (int length : new int[] {0, 7, udp.length + 1, 0xffff}) {
      byte[] lies = udp.clone();
      ByteBuffer.wrap(lies).putShort(4, (short) length);
      guest.sendIpv4(GuestSide.OWN, GuestSide.DNS, 17, lies);
    }
    for (int length : new int[] {1, 7}) {
      guest.sendIpv4(GuestSide.OWN, GuestSide.DNS, 17, java.util.Arrays.copyOf(udp, length));
      guest.sendIpv4(GuestSide.OWN, GuestSide.DNS, 6, java.util.Arrays.copyOf(udp, length));
      guest.sendIpv4(GuestSide.OWN, GuestSide.DNS, 1, java.util.Arrays.copyOf(udp, length));
    }

    assertEquals(10, guest.counters.malformed);
    assertNull(guest.received.poll());
    shouldStillServe();
  }

  @Test
  void shouldNotLoseItself_whenAGuestSaysToBeThisHost() throws Exception {
    ByteBuffer frame = GuestSide.ipv4(GuestSide.OWN, GuestSide.GATEWAY, 1, new byte[8]);
    frame.putShort(6, (short) (Subnet.HOST_MAC >>> 32)).putInt(8, (int) Subnet.HOST_MAC);

    guest.send(frame);

    shouldStillServe();
  }
}
