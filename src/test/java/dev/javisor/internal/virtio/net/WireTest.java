package dev.javisor.internal.virtio.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetFrame;
import dev.javisor.backend.NetGuest;
import dev.javisor.backend.NetWire;
import dev.javisor.internal.net.BackendPort;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.testing.net.Tcpdump;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Java code as the other side of network cards. */
class WireTest {
  private static final long MRG = NetFeatures.MRG_RXBUF;

  @TempDir Path folder;

  private static NetDriver plugged(NetBackend backend) {
    return new NetDriver(new BackendPort("net0", backend, 1500, 1, Offloads.ALL), 1);
  }

  private static byte[] frame(int length, int seed) {
    byte[] all = NetDriver.plain(length, seed);
    return Arrays.copyOfRange(all, NetDriver.HEADER, all.length);
  }

  private static byte[] received(NetDriver net) {
    byte[] all = net.receive(0);
    return all == null ? null : Arrays.copyOfRange(all, NetDriver.HEADER, all.length);
  }

  @Test
  void shouldCarryFramesBothWays() {
    NetWire wire = new NetWire();
    try (NetDriver one = plugged(wire.first()).start(MRG);
        NetDriver other = plugged(wire.second()).start(MRG)) {
      one.give(0, 8, 700);
      other.give(0, 8, 700);

      one.send(0, NetDriver.plain(1514, 1));
      other.send(0, NetDriver.plain(60, 2));

      assertArrayEquals(frame(1514, 1), received(other));
      assertArrayEquals(frame(60, 2), received(one));
      assertEquals(1514, other.count("rx_bytes"));
    }
  }

  @Test
  void shouldKeepFrames_whileTheOtherSideHasNoRoom() {
    NetWire wire = new NetWire();
    try (NetDriver one = plugged(wire.first()).start(0);
        NetDriver other = plugged(wire.second()).start(0)) {
      DriverQueue queue = one.driver.queue(1);
      for (int i = 0; i < 3; i++) {
        queue.add(queue.readable(NetDriver.plain(60, i)));
      }
      one.driver.kick(1);
      assertNull(queue.poll(), "kept");

      other.give(0, 2, 2000);
      one.driver.workers().run();

      assertArrayEquals(frame(60, 0), received(other));
      assertArrayEquals(frame(60, 1), received(other));
      assertNotNull(queue.poll());
      assertNotNull(queue.poll());
      assertNull(queue.poll(), "the third one waits");

      other.driver.reset();
      one.driver.workers().run();
      assertNotNull(queue.poll(), "dropped, as nobody listens");
    }
  }

  @Test
  void shouldGiveKeptFramesBack_whenTheirSenderIsPaused() {
    NetWire wire = new NetWire();
    try (NetDriver one = plugged(wire.first()).start(0);
        NetDriver other = plugged(wire.second()).start(0)) {
      DriverQueue queue = one.driver.queue(1);
      queue.add(queue.readable(NetDriver.plain(60, 1)));
      one.driver.kick(1);

      one.driver.device().quiesce();

      assertNotNull(queue.poll());
      one.driver.device().resume();
      other.give(0, 1, 2000);
      assertNull(received(other));
    }
  }

  @Test
  void shouldLoseFrames_whenNobodyListens() {
    NetWire wire = new NetWire();
    try (NetDriver one = plugged(wire.first()).start(0)) {
      one.send(0, NetDriver.plain(60, 1));
      try (NetDriver other = plugged(wire.second())) {
        one.send(0, NetDriver.plain(60, 2));
        other.start(0);
        other.give(0, 4, 2000);
        other.device.link(false);
        one.send(0, NetDriver.plain(60, 3));
        other.device.link(true);
        other.driver.device().quiesce();
        one.send(0, NetDriver.plain(60, 4));
        other.driver.device().resume();
        one.send(0, NetDriver.plain(60, 5));

        assertArrayEquals(frame(60, 5), received(other));
        assertNull(received(other));
      }
      one.send(0, NetDriver.plain(60, 6));
    }
  }

  @Test
  void shouldWriteWhatPasses_asWiresharkReadsIt() throws IOException {
    Path file = folder.resolve("wire.pcap");
    NetWire wire = new NetWire();
    NetBackend recorded = NetBackend.recording(wire.first(), file);
    try (NetDriver one = plugged(recorded).start(0);
        NetDriver other = plugged(wire.second()).start(0)) {
      one.give(0, 2, 2000);
      other.give(0, 2, 2000);
      one.send(0, NetDriver.plain(1514, 1));
      other.send(0, NetDriver.plain(60, 2));
    }
    recorded.close();

    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0xa1b2_3c4d, bytes.getInt());
    assertEquals(2, bytes.getShort());
    assertEquals(4, bytes.getShort());
    assertEquals(0, bytes.getLong());
    assertTrue(bytes.getInt() >= 65536, "snap length");
    assertEquals(1, bytes.getInt(), "Ethernet");
    assertArrayEquals(frame(1514, 1), record(bytes));
    assertArrayEquals(frame(60, 2), record(bytes));
    assertFalse(bytes.hasRemaining());
  }

  @Test
  void shouldWriteWhatPasses_soThatTcpdumpNamesIt() throws Exception {
    Path file = folder.resolve("wire.pcap");
    NetWire wire = new NetWire();
    NetBackend recorded = NetBackend.recording(wire.first(), file);
    try (NetDriver one = plugged(recorded).start(0);
        NetDriver other = plugged(wire.second()).start(0)) {
      one.give(0, 2, 2000);
      other.give(0, 2, 2000);
      one.send(0, arp(1));
      other.send(0, arp(2));
    }
    recorded.close();

    List<String> lines = Tcpdump.read(file);
    assertEquals(2, lines.size(), lines::toString);
    String request = lines.get(0);
    assertTrue(
        request.matches(
            "\\d+\\.\\d{9} ARP, Request who-has 10\\.0\\.0\\.2 tell 10\\.0\\.0\\.1, length 28"),
        request);
    assertTrue(lines.get(1).contains("ARP, Reply"), lines.get(1));
  }

  /** An ARP message with its header: a request (1) or a reply (2). */
  private static byte[] arp(int operation) {
    ByteBuffer bytes = ByteBuffer.allocate(NetDriver.HEADER + 42).position(NetDriver.HEADER);
    byte[] mac = NetDriver.MAC.bytes();
    bytes.putInt(-1).putShort((short) -1).put(mac).putShort((short) 0x806);
    bytes.putShort((short) 1).putShort((short) 0x800).put((byte) 6).put((byte) 4);
    bytes.putShort((short) operation).put(mac).putInt(0x0a00_0001);
    bytes.put(new byte[6]).putInt(0x0a00_0002);
    return bytes.array();
  }

  private static byte[] record(ByteBuffer bytes) {
    long seconds = bytes.getInt() & 0xffff_ffffL;
    assertTrue(Math.abs(System.currentTimeMillis() / 1000 - seconds) < 3600, "time " + seconds);
    assertTrue(bytes.getInt() < 1_000_000_000);
    byte[] frame = new byte[bytes.getInt()];
    assertEquals(frame.length, bytes.getInt());
    bytes.get(frame);
    return frame;
  }

  /** A backend that does what a test wants. */
  private static class Backend implements NetBackend {
    final List<NetFrame> kept = new ArrayList<>();
    NetGuest guest;
    int readies;

    @Override
    public void attach(NetGuest guest) {
      this.guest = guest;
    }

    @Override
    public void detach() {
      guest = null;
    }

    @Override
    public void transmit(NetFrame frame) {
      kept.add(frame);
    }

    @Override
    public void ready() {
      readies++;
    }
  }

  @Test
  void shouldDeliverFromAnyBuffer_andSayWhenThereIsRoomAgain() {
    Backend backend = new Backend();
    try (NetDriver net = plugged(backend).start(0)) {
      ByteBuffer direct = ByteBuffer.allocateDirect(100);
      direct.put(20, frame(60, 1)).position(20).limit(80);
      assertFalse(backend.guest.deliver(direct));
      assertEquals(0, backend.readies);

      net.give(0, 1, 2000);

      assertEquals(1, backend.readies);
      assertTrue(backend.guest.deliver(direct));
      assertEquals(20, direct.position());
      assertArrayEquals(frame(60, 1), received(net));
      assertEquals(1500, backend.guest.mtu());
    }
    assertNull(backend.guest);
  }

  @Test
  void shouldDropFramesThatAreNone() {
    Backend backend = new Backend();
    try (NetDriver net = plugged(backend).start(0)) {
      net.give(0, 2, 2000);

      assertTrue(backend.guest.deliver(ByteBuffer.allocate(13)));
      assertTrue(backend.guest.deliver(ByteBuffer.allocate(0)));
      assertTrue(backend.guest.deliver(ByteBuffer.allocate(1523)));
      assertTrue(backend.guest.deliver(ByteBuffer.allocate(100_000)));
      assertTrue(backend.guest.deliver(ByteBuffer.wrap(frame(1522, 1))));

      assertArrayEquals(frame(1522, 1), received(net));
      assertNull(received(net));
    }
  }

  @Test
  void shouldLendAFrameUntilItIsComplete() {
    Backend backend = new Backend();
    try (NetDriver net = plugged(backend).start(0)) {
      DriverQueue queue = net.driver.queue(1);
      byte[] all = NetDriver.plain(100, 1);
      queue.add(
          queue.readable(Arrays.copyOf(all, 40)),
          queue.readable(Arrays.copyOfRange(all, 40, all.length)));
      net.driver.kick(1);
      assertNull(queue.poll());

      NetFrame frame = backend.kept.get(0);
      assertEquals(100, frame.length());
      assertEquals(2, frame.bufferCount());
      assertEquals(28, frame.buffer(0).remaining());
      byte[] copy = new byte[50];
      frame.copyTo(10, copy, 0, 50);
      assertArrayEquals(Arrays.copyOfRange(frame(100, 1), 10, 60), copy);
      assertThrows(
          IndexOutOfBoundsException.class, () -> frame.copyTo(60, ByteBuffer.allocate(41)));

      frame.complete();
      assertThrows(IllegalStateException.class, frame::complete);
      net.driver.workers().run();
      assertNotNull(queue.poll());
    }
  }

  @Test
  void shouldLetGo_whenTheMachineEndsAndTheBackendKeepsFrames() {
    Backend backend = new Backend();
    try (NetDriver net = plugged(backend).start(0)) {
      DriverQueue queue = net.driver.queue(1);
      queue.add(queue.readable(NetDriver.plain(60, 1)));
      net.driver.kick(1);
    }

    backend.kept.get(0).complete();
    assertEquals(60, backend.kept.get(0).length());
  }

  @Test
  void shouldGoOn_whenTheBackendThrows() {
    Backend backend =
        new Backend() {
          @Override
          public void transmit(NetFrame frame) {
            throw new IllegalStateException("on purpose");
          }
        };
    try (NetDriver net = plugged(backend).start(0)) {
      net.send(0, NetDriver.plain(60, 1));
      net.send(0, NetDriver.plain(60, 2));

      assertEquals(2, net.count("tx_frames") + net.count("tx_dropped"));
    }
  }

  @Test
  void shouldBreakTheDeviceAndNotTheBackend_whenTheDriverBreaksTheRules() {
    Backend backend = new Backend();
    try (NetDriver net = plugged(backend).start(0)) {
      net.driver.queue(0).availableIndex(100);

      assertTrue(backend.guest.deliver(ByteBuffer.wrap(frame(60, 1))));

      assertEquals(64, net.driver.status() & 64);
      assertTrue(backend.guest.deliver(ByteBuffer.wrap(frame(60, 1))));
    }
  }
}
