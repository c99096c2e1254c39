package dev.javisor.internal.virtio.net;

import static dev.javisor.internal.virtio.net.NetDriver.HEADER;
import static dev.javisor.internal.virtio.net.NetDriver.framed;
import static dev.javisor.internal.virtio.net.NetDriver.plain;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.VirtioDriver;
import dev.javisor.internal.virtio.VirtioFeatures;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the card is, and frames of the driver. */
class VirtioNetTest extends NetFixture {
  @Test
  void shouldTellAddressStatusPairsAndMtu() {
    assertEquals(
        0x5634_1200_5452L, net.driver.read(DEVICE, 0, 4) | net.driver.read(DEVICE, 4, 2) << 32);
    assertEquals(1, net.driver.read(DEVICE, 6, 2), "link up");
    assertEquals(1, net.driver.read(DEVICE, 8, 2), "pairs");
    assertEquals(1500, net.driver.read(DEVICE, 10, 2), "MTU");
    assertEquals(3, net.device.queueCount());
  }

  @Test
  void shouldOfferWhatThePortCan() {
    assertEquals(0x23ffafL & ~(1L << 6), net.device.features());
    port.offloads = Offloads.NONE;
    assertEquals(1L << 3 | 1 << 5 | 1 << 15 | 1 << 16 | 1 << 17 | 1 << 21, net.device.features());
    pairs(2);
    assertTrue(VirtioFeatures.has(net.device.features(), NetFeatures.MQ));
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        1L << 7,
        1L << 8,
        1L << 10,
        1L << 9 | 2,
        1L << 11,
        1L << 12,
        1L << 13 | 1,
        1L << 21,
        1L << 2
      })
  void shouldRefuseFeatures_whenWhatTheyNeedIsMissing(long features) {
    assertFalse(net.device.accepts(features));
  }

  @Test
  void shouldSendFrames() {
    net.start(0);
    byte[] small = plain(14, 1);
    byte[] large = plain(1514, 2);

    assertEquals(0, net.send(0, small).written());
    net.send(0, large);

    assertArrayEquals(frameOf(small), port.sent.get(0));
    assertArrayEquals(frameOf(large), port.sent.get(1));
    assertEquals(2, net.count("tx_frames"));
    assertEquals(1528, net.count("tx_bytes"));
  }

  @Test
  void shouldSendAFrame_howeverTheDriverCutItIntoBuffers() {
    net.start(VirtioFeatures.INDIRECT_DESC);
    byte[] bytes = plain(100, 3);
    DriverQueue queue = net.driver.queue(1);
    queue.addIndirect(
        queue.readable(Arrays.copyOf(bytes, 5)),
        queue.readable(Arrays.copyOfRange(bytes, 5, 13)),
        queue.readable(Arrays.copyOfRange(bytes, 13, bytes.length)));

    net.driver.kick(1);

    assertArrayEquals(frameOf(bytes), port.sent.get(0));
  }

  @ParameterizedTest
  @CsvSource({
    // flags, gso, headers, size, start, offset, length
    "1, 0, 0, 0, 34, 16, 100, true",
    "1, 0, 0, 0, 34, 64, 100, true",
    "1, 0, 0, 0, 34, 65, 100, false",
    "1, 0, 0, 0, 65535, 65535, 100, false",
    "1, 1, 54, 1448, 34, 16, 60000, true",
    "1, 129, 54, 1448, 34, 16, 60000, true",
    "1, 4, 74, 1428, 54, 16, 60000, true",
    "0, 1, 54, 1448, 34, 16, 60000, false",
    "1, 1, 54, 0, 34, 16, 60000, false",
    "1, 1, 101, 50, 34, 16, 100, false",
    "1, 2, 54, 1448, 34, 16, 60000, false",
    "1, 127, 54, 1448, 34, 16, 60000, false",
    "0, 0, 0, 0, 0, 0, 1522, true",
    "0, 0, 0, 0, 0, 0, 1523, false",
    "1, 1, 54, 1448, 34, 16, 65558, false",
    "0, 0, 0, 0, 0, 0, 14, true",
    "0, 0, 0, 0, 0, 0, 13, false",
    "0, 0, 0, 0, 0, 0, 0, false"
  })
  void shouldSendOnlyFramesThatMakeSense(
      int flags, int gso, int headers, int size, int start, int offset, int length, boolean sent) {
    net.start(CSUM | 1 << 11 | 1 << 12 | 1 << 13);

    net.send(0, framed(flags, gso, headers, size, start, offset, length, 1));

    assertEquals(sent ? 1 : 0, port.sent.size());
    assertEquals(sent ? 0 : 1, net.count("tx_dropped"));
    net.send(0, plain(60, 1));
    assertEquals(sent ? 2 : 1, port.sent.size(), "the next one goes through");
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "1, 1", "0, 1"})
  void shouldDropWhatTheDriverDidNotAgreeOn(int flags, int gso) {
    net.start(0);

    net.send(0, framed(flags, gso, 54, 100, 34, 16, 200, 1));

    assertEquals(0, port.sent.size());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 11})
  void shouldDropAFrame_whenItsHeaderIsTruncated(int length) {
    net.start(0);

    if (length > 0) {
      net.send(0, new byte[length]);
    } else {
      DriverQueue queue = net.driver.queue(1);
      queue.add(queue.writable(100));
      net.driver.kick(1);
      queue.take();
    }

    assertEquals(1, net.count("tx_dropped"));
  }

  @Test
  void shouldNeedAReset_whenThereIsNoRoomForAHeader() {
    net.start(MRG);

    net.give(0, 1, HEADER - 1);

    assertEquals(VirtioDriver.NEEDS_RESET, net.driver.status() & VirtioDriver.NEEDS_RESET);
    net.start(MRG);
    net.give(0, 1, 2000);
    port.arrive(0, plain(100, 1));
    net.driver.workers().run();
    assertFrame(plain(100, 1), net.receive(0));
  }
}
