package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.ip.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a guest finds on its network, and what becomes of what it should not send. */
class UserStackTest {
  private static final IpAddress ELSEWHERE = IpAddress.v4(0xc000_0207);

  private GuestSide guest;

  @BeforeEach
  void start() throws Exception {
    guest = new GuestSide();
  }

  @AfterEach
  void end() {
    guest.close();
  }

  private static ByteBuffer arp(int operation, IpAddress sender, IpAddress target) {
    ByteBuffer frame = ByteBuffer.allocate(60);
    frame.putShort((short) -1).putInt(-1).putShort((short) 0x0200).putInt(1);
    frame.putShort((short) 0x0806).putLong(0x0001_0800_0604_0000L | operation);
    frame.putShort((short) 0x0200).putInt(1);
    sender.put(frame);
    frame.position(38);
    target.put(frame);
    return frame.rewind();
  }

  @Test
  void shouldTellItsMacAddress_whenAskedForTheGateway() {
    guest.send(arp(1, GuestSide.OWN, GuestSide.GATEWAY));

    ByteBuffer answer = guest.next();
    assertEquals(
        "02000000000152550a0002020806000108000604000252550a0002020a0002020200000000010a00020f",
        HexFormat.of().formatHex(answer.array()));
    assertEquals(1, guest.completed);
  }

  @Test
  void shouldSayNothing_whenAskedForAnAddressThatNobodyHas() {
    guest.send(arp(1, GuestSide.OWN, IpAddress.v4(0x0a00_0210)));
    guest.send(arp(1, IpAddress.v4(0), GuestSide.OWN));
    guest.send(arp(1, ELSEWHERE, GuestSide.GATEWAY));

    assertTrue(guest.received.isEmpty());
    assertEquals(1, guest.counters.spoofed);
  }

  @Test
  void shouldAnswerPingsToTheGateway() {
    byte[] data = "0123456789abcde".getBytes(StandardCharsets.US_ASCII);

    guest.ping(GuestSide.OWN, GuestSide.GATEWAY, data);

    ByteBuffer answer = GuestSide.transport(guest.next(), 1, GuestSide.GATEWAY, GuestSide.OWN);
    assertEquals(0, answer.getShort(0));
    assertEquals(0x0001_0007, answer.getInt(4));
    byte[] same = new byte[data.length];
    answer.get(8, same);
    assertArrayEquals(data, same);
  }

  @Test
  void shouldSayThatPingsOfOthersAreProhibited_butNotForEver() {
    for (int i = 0; i < 1000; i++) {
      guest.ping(GuestSide.OWN, ELSEWHERE, new byte[8]);
    }

    ByteBuffer answer = GuestSide.transport(guest.next(), 1, GuestSide.GATEWAY, GuestSide.OWN);
    assertEquals(0x030d, answer.getShort(0));
    assertEquals(0x4500, answer.getShort(8));
    assertEquals(ELSEWHERE.v4Bits(), answer.getInt(8 + 16));
    assertEquals(IcmpHost.BURST, guest.received.size() + 1);
    guest.nanos.addAndGet(1_000_000_000L);
    guest.received.clear();
    guest.ping(GuestSide.OWN, ELSEWHERE, new byte[8]);
    assertEquals(1, guest.received.size());
  }

  @Test
  void shouldDropWhatComesFromNobody() {
    for (int source : new int[] {0xc000_0207, 0x0a00_0202, 0x0a00_02ff, 0x0a00_0200, -1, 0}) {
      guest.ping(IpAddress.v4(source), GuestSide.GATEWAY, new byte[8]);
    }

    assertTrue(guest.received.isEmpty());
    assertEquals(6, guest.counters.spoofed);
  }

  @Test
  void shouldDropFragments() {
    ByteBuffer frame = GuestSide.ipv4(GuestSide.OWN, GuestSide.GATEWAY, 1, new byte[8]);
    frame.putShort(20, (short) 0x2000);
    int sum = (frame.getShort(24) & 0xffff) - 0x2000;
    frame.putShort(24, (short) (sum < 0 ? sum - 1 : sum));
    guest.send(frame);

    assertEquals(1, guest.counters.fragments, guest.counters.toString());
    assertTrue(guest.received.isEmpty());
  }

  @Test
  void shouldSurviveFramesOfAnyLength() {
    ByteBuffer whole = GuestSide.ipv4(GuestSide.OWN, GuestSide.GATEWAY, 17, new byte[40]);
    ByteBuffer arp = arp(1, GuestSide.OWN, GuestSide.GATEWAY);
    for (int length = 0; length < 60; length++) {
      guest.send(whole.slice(0, length));
      guest.send(arp.slice(0, Math.min(length, 41)));
    }

    assertTrue(guest.received.isEmpty());
    assertEquals(120, guest.completed);
  }

  @Test
  void shouldDropDatagramsWhoseChecksumIsWrong() {
    byte[] datagram = GuestSide.udp(GuestSide.OWN, 1000, GuestSide.DNS, 53, new byte[] {1, 2, 3});
    datagram[6] ^= 1;
    guest.sendIpv4(GuestSide.OWN, GuestSide.DNS, 17, datagram);

    assertEquals(1, guest.counters.malformed);
  }

  @Test
  void shouldSayThatNobodyIsThere_whenTheAddressIsOfThisNetwork() {
    guest.sendUdp(GuestSide.OWN, 1000, IpAddress.v4(0x0a00_0263), 7, new byte[4]);

    ByteBuffer answer = GuestSide.transport(guest.next(), 1, GuestSide.GATEWAY, GuestSide.OWN);
    assertEquals(0x0301, answer.getShort(0));
  }

  @Test
  void shouldKeepFramesUntilThereIsRoom_butNotAllOfThem() throws Exception {
    guest.hasRoom = false;
    for (int i = 0; i < 1000; i++) {
      guest.ping(GuestSide.OWN, GuestSide.GATEWAY, new byte[8]);
    }
    assertEquals(1000 - FrameOut.MOST_WAITING, guest.counters.overflowed);

    guest.hasRoom = true;
    guest.driver.turn(0);

    assertEquals(FrameOut.MOST_WAITING, guest.received.size());
  }
}
