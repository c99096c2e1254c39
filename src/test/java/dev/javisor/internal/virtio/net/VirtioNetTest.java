package dev.javisor.internal.virtio.net;

import static dev.javisor.internal.virtio.net.NetDriver.HEADER;
import static dev.javisor.internal.virtio.net.NetDriver.framed;
import static dev.javisor.internal.virtio.net.NetDriver.plain;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.ManualWorkers;
import dev.javisor.internal.virtio.VirtioDriver;
import dev.javisor.internal.virtio.VirtioFeatures;
import dev.javisor.internal.virtio.VirtioPciState;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VirtioNetTest {
  private static final int DEVICE = 4;
  private static final int OK = 0;
  private static final int ERR = 1;
  private static final long CSUM = NetFeatures.CSUM;
  private static final long MRG = NetFeatures.MRG_RXBUF;
  private static final long CTRL = NetFeatures.CTRL_VQ;

  private final FakePort port = new FakePort();
  private NetDriver net = new NetDriver(port, 1);

  @AfterEach
  void close() {
    net.close();
  }

  private void pairs(int pairs) {
    net.close();
    net = new NetDriver(port, pairs);
  }

  private static byte[] frameOf(byte[] headerAndFrame) {
    return Arrays.copyOfRange(headerAndFrame, HEADER, headerAndFrame.length);
  }

  private static void assertFrame(byte[] expected, byte[] received) {
    assertArrayEquals(frameOf(expected), frameOf(received));
  }

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

  @Test
  void shouldReceiveFrames() {
    net.start(0);
    byte[] frame = plain(60, 7);
    net.give(0, 2, HEADER + 1514);

    port.arrive(0, frame);
    net.driver.workers().run();

    byte[] received = net.receive(0);
    assertFrame(frame, received);
    assertEquals(1, received[10], "num_buffers");
    assertEquals(List.of(1), net.driver.interrupts());
    assertEquals(1, net.count("rx_frames"));
    assertEquals(60, net.count("rx_bytes"));
  }

  @Test
  void shouldInterruptOnce_whenSeveralFramesCameTogether() {
    net.start(0);
    net.give(0, 8, HEADER + 1514);
    for (int i = 0; i < 8; i++) {
      port.arrive(0, plain(60, i));
    }

    net.driver.workers().run();

    for (int i = 0; i < 8; i++) {
      assertFrame(plain(60, i), net.receive(0));
    }
    assertEquals(List.of(1), net.driver.interrupts());
  }

  @Test
  void shouldReceiveLater_whenTheDriverHadNoBuffers() {
    net.start(0);
    byte[] frame = plain(60, 7);
    port.arrive(0, frame);
    net.driver.workers().run();
    assertNull(net.receive(0));

    net.give(0, 1, HEADER + 1514);

    assertFrame(frame, net.receive(0));
  }

  @Test
  void shouldSpreadAFrameOverBuffers_whenTheyAreMergeable() {
    net.start(MRG);
    byte[] frame = plain(1514, 9);
    net.give(0, 4, 500);

    port.arrive(0, frame);
    net.driver.workers().run();

    byte[] received = net.receive(0);
    assertFrame(frame, received);
    assertEquals(4, received[10], "num_buffers");
  }

  @Test
  void shouldGoOnWithWhatIsLeft_whenFramesAreShorterThanTheWindow() {
    net.start(MRG | CSUM | 1 << 1 | 1 << 7);
    net.give(0, 16, 700);
    for (int round = 0; round < 200; round++) {
      byte[] first = plain(60 + round * 7 % 1400, round);
      byte[] second = plain(1514, round + 1);
      port.arrive(0, first);
      port.arrive(0, second);
      net.driver.workers().run();
      assertFrame(first, net.receive(0));
      byte[] received = net.receive(0);
      assertFrame(second, received);
      net.give(0, (first.length + 699) / 700 + received[10], 700);
      if (round % 50 == 49) {
        net.start(MRG | CSUM | 1 << 1 | 1 << 7);
        net.give(0, 16, 700);
      }
    }
  }

  @Test
  void shouldWaitForMoreBuffers_whenAFrameIsLongerThanThoseThereAre() {
    net.start(MRG);
    byte[] frame = plain(1514, 9);
    byte[] next = plain(100, 1);
    net.give(0, 2, 500);
    port.arrive(0, frame);
    port.arrive(0, next);
    net.driver.workers().run();
    assertNull(net.receive(0));

    net.give(0, 1, 500);
    assertNull(net.receive(0));
    net.give(0, 2, 500);

    assertFrame(frame, net.receive(0));
    assertFrame(next, net.receive(0));
  }

  @Test
  void shouldDropAFrame_whenItIsLongerThanTheBufferAndNothingIsMergeable() {
    net.start(0);
    net.give(0, 2, 500);

    port.arrive(0, plain(1000, 1));
    port.arrive(0, plain(100, 2));
    net.driver.workers().run();

    assertFrame(plain(100, 2), net.receive(0));
    assertEquals(1, net.count("rx_dropped"));
  }

  @Test
  void shouldReceiveWhatCameBeforeTheDriverDid() {
    port.arrive(0, plain(100, 2));

    net.start(0);
    net.give(0, 1, 1600);

    assertFrame(plain(100, 2), net.receive(0));
  }

  @Test
  void shouldReceiveLargeSegments_whenTheDriverTakesThem() {
    net.start(MRG | 1 << 1 | 1 << 7);
    byte[] segment = framed(1, 1, 54, 1448, 34, 16, 60_000, 1);
    net.give(0, 16, 4096);

    port.arrive(0, segment);
    net.driver.workers().run();

    byte[] received = net.receive(0);
    assertFrame(segment, received);
    assertArrayEquals(Arrays.copyOf(segment, 10), Arrays.copyOf(received, 10));
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "0, 1", "0, 4", "0, 129", "2, 0"})
  void shouldDropFramesForTheDriver_whenItDoesNotUnderstandTheirHeaders(int flags, int gso) {
    net.start(MRG);
    net.give(0, 2, 2000);

    port.arrive(0, framed(flags, gso, 54, 100, 34, 16, 200, 1));
    net.driver.workers().run();

    assertNull(net.receive(0));
    assertEquals(1, net.count("rx_dropped"));
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

  @Test
  void shouldAnswerCommandsThatItDoesNotKnowWithAnError() {
    net.start(CTRL);

    assertEquals(ERR, net.command(2, (byte) 99, (byte) 0));
    assertEquals(ERR, net.command(2, (byte) 0, (byte) 0, (byte) 1), "promiscuous");
    assertEquals(ERR, net.command(2, (byte) 3, (byte) 0), "announce, not agreed on");
    assertEquals(ERR, net.command(2, (byte) 4, (byte) 0, (byte) 1, (byte) 0), "pairs, likewise");
    assertEquals(ERR, net.command(2, (byte) 5), "half a command");
    assertEquals(ERR, net.command(2, (byte) 5, (byte) 0, (byte) 1), "half of its data");
  }

  @Test
  void shouldNeedAReset_whenACommandHasNoRoomForTheAnswer() {
    net.start(CTRL);
    DriverQueue queue = net.driver.queue(2);

    queue.add(queue.readable(new byte[] {3, 0}));
    net.driver.kick(2);

    assertEquals(VirtioDriver.NEEDS_RESET, net.driver.status() & VirtioDriver.NEEDS_RESET);
  }

  @Test
  void shouldTellThePortWhatTheDriverTakesOver_andWhatItSwitches() {
    net.start(CTRL | 1 << 1 | 1 << 2 | 1 << 7);
    assertEquals("accept csum tso4", port.calls.get(port.calls.size() - 2));

    assertEquals(OK, net.command(2, new byte[] {5, 0, 2, 0, 0, 0, 0, 0, 0, 0}));
    assertEquals("accept csum", port.calls.get(port.calls.size() - 2));
    assertEquals(OK, net.command(2, new byte[] {5, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    assertEquals("accept ", port.calls.get(port.calls.size() - 2));

    assertEquals(ERR, net.command(2, new byte[] {5, 0, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0}));
    assertEquals(ERR, net.command(2, new byte[] {5, 0, 2, 1, 0, 0, 0, 0, 0, 0}), "not agreed on");
    assertEquals(ERR, net.command(2, new byte[] {5, 0, 0, 0, 0, 0, 0, 0, 0, 1}), "none at all");
  }

  @Test
  void shouldUseAsManyPairsAsTheDriverSays() {
    pairs(4);
    net.start(CTRL | NetFeatures.MQ);
    assertTrue(port.calls.contains("pairs 1"));

    assertEquals(OK, net.command(8, new byte[] {4, 0, 4, 0}));
    assertEquals("pairs 4", port.calls.get(port.calls.size() - 1));
    assertEquals(ERR, net.command(8, new byte[] {4, 0, 5, 0}));
    assertEquals(ERR, net.command(8, new byte[] {4, 0, 0, 0}));
    assertEquals(ERR, net.command(8, new byte[] {4, 0, 1, 1}));

    net.send(3, plain(60, 1));
    assertEquals(List.of(3), port.sentBy);
    net.give(2, 1, 2000);
    port.arrive(2, plain(60, 2));
    net.driver.workers().run();
    assertFrame(plain(60, 2), net.receive(2));
  }

  @Test
  void shouldTakeCommandsByTheThirdQueue_whenTheDriverKnowsNothingOfPairs() {
    pairs(2);
    net.start(CTRL | NetFeatures.GUEST_ANNOUNCE);

    assertEquals(OK, net.command(2, new byte[] {3, 0}));
  }

  @Test
  void shouldPlugTheCableInAndOut() {
    net.start(NetFeatures.STATUS);
    net.give(0, 2, 2000);

    net.device.link(false);

    assertEquals(0, net.driver.read(DEVICE, 6, 2));
    assertEquals(List.of(0), net.driver.interrupts(), "configuration change");
    assertEquals("link false", port.calls.get(port.calls.size() - 1));
    net.send(0, plain(60, 1));
    port.arrive(0, plain(60, 2));
    net.driver.workers().run();
    assertEquals(0, port.sent.size());
    assertNull(net.receive(0));
    assertEquals(1, net.count("rx_dropped"));

    net.device.link(true);
    net.driver.workers().run();

    assertEquals(1, net.driver.read(DEVICE, 6, 2));
    assertEquals("link true", port.calls.get(port.calls.size() - 1));
    net.send(0, plain(60, 1));
    assertEquals(1, port.sent.size());
    port.arrive(0, plain(60, 3));
    net.driver.workers().run();
    assertFrame(plain(60, 3), net.receive(0));
  }

  @Test
  void shouldTakeTheLinkDown_whenThePortIsGone() {
    net.start(NetFeatures.STATUS);
    net.give(0, 2, 2000);
    port.gone = true;

    port.wakers.get(0).wake();
    net.driver.workers().run();

    assertEquals(0, net.driver.read(DEVICE, 6, 2));
    assertFalse(net.device.linkUp());
  }

  @Test
  void shouldAskTheDriverToAnnounceItself_untilItSaysThatItDid() {
    net.start(CTRL | NetFeatures.STATUS | NetFeatures.GUEST_ANNOUNCE);

    net.device.announce();

    assertEquals(3, net.driver.read(DEVICE, 6, 2));
    assertEquals(List.of(0), net.driver.interrupts());
    assertEquals(OK, net.command(2, new byte[] {3, 0}));
    assertEquals(1, net.driver.read(DEVICE, 6, 2));
  }

  @Test
  void shouldAskNobody_whenTheDriverCannotAnnounce() {
    net.start(NetFeatures.STATUS);

    net.device.announce();

    assertEquals(1, net.driver.read(DEVICE, 6, 2));
  }

  @Test
  void shouldTakeKeptFramesBack_whenItIsPaused() {
    net.start(0);
    port.keep = true;
    DriverQueue queue = net.driver.queue(1);
    queue.add(queue.readable(plain(60, 1)));
    net.driver.kick(1);
    assertNull(queue.poll());

    net.driver.device().quiesce();

    assertTrue(port.calls.contains("cancel"));
    queue.take();
    assertEquals(1, net.count("tx_dropped"));
  }

  @Test
  void shouldGoOnElsewhere_withBuffersThatItHadTaken() {
    pairs(2);
    net.start(MRG | CTRL | NetFeatures.MQ | 1 << 1 | 1 << 2 | NetFeatures.GUEST_ANNOUNCE);
    net.command(4, new byte[] {4, 0, 2, 0});
    net.command(4, new byte[] {5, 0, 2, 0, 0, 0, 0, 0, 0, 0});
    net.device.announce();
    net.give(0, 4, 700);
    port.arrive(0, plain(100, 1));
    net.driver.workers().run();
    assertFrame(plain(100, 1), net.receive(0));

    VirtioPciState<NetState> state = net.driver.pauseAndSave();

    assertEquals(new NetState(NetState.VERSION, true, true, 2, 2), state.device());
    FakePort otherPort = new FakePort();
    VirtioNic other =
        VirtioNic.create(
            new NicConfig(
                "net0", NetDriver.MAC, 2, NetDriver.QUEUE_SIZE, 1500, NicLimiters.UNLIMITED),
            otherPort,
            System::nanoTime,
            NetDriver.NO_TIMER);
    ManualWorkers workers = new ManualWorkers();
    try (VirtioDriver<NetState> heir = new VirtioDriver<>(other, workers, net.driver.memory())) {
      heir.device().quiesce();
      heir.device().restore(state);
      assertEquals(state, heir.device().save());
      heir.device().resume();
      workers.run();
      assertTrue(otherPort.calls.containsAll(List.of("accept csum", "pairs 2")));

      otherPort.arrive(0, plain(1000, 2));
      workers.run();

      assertFrame(plain(1000, 2), net.receive(0));
    }
  }

  @Test
  void shouldRefuseStates_whenTheyMakeNoSense() {
    for (NetState state :
        List.of(
            new NetState(NetState.VERSION + 1, true, false, 1, 0),
            new NetState(NetState.VERSION, true, false, 0, 0),
            new NetState(NetState.VERSION, true, false, 2, 0),
            new NetState(NetState.VERSION, true, false, 1, 1),
            new NetState(NetState.VERSION, true, false, 1, 1 << 7))) {
      assertThrows(IllegalArgumentException.class, () -> net.device.restore(state));
    }
  }

  @Test
  void shouldStartOver_whenTheMachineIsReset() {
    net.start(MRG | CTRL | 1 << 1 | NetFeatures.GUEST_ANNOUNCE);
    net.device.announce();
    net.give(0, 2, 700);

    net.driver.device().quiesce();
    net.driver.device().reset();
    net.driver.device().resume();

    assertEquals(
        new NetState(NetState.VERSION, true, false, 1, 0), net.driver.pauseAndSave().device());
    net.driver.device().resume();
    net.start(0);
    net.give(0, 2, 700);
    port.arrive(0, plain(100, 1));
    net.driver.workers().run();
    assertFrame(plain(100, 1), net.receive(0));
  }

  @Test
  void shouldClosePortWithTheDevice() {
    net.close();

    assertEquals("close", port.calls.get(port.calls.size() - 1));
  }

  @Test
  void shouldGiveTheDriverItsBuffersOnlyOnce_whenItIsPausedAndGoesOn() {
    net.start(MRG);
    net.give(0, 4, 700);
    for (int i = 0; i < 3; i++) {
      net.driver.device().quiesce();
      net.driver.device().resume();
      net.driver.workers().run();
    }
    port.arrive(0, plain(100, 1));
    net.driver.workers().run();

    assertFrame(plain(100, 1), net.receive(0));
    assertNull(net.receive(0));
  }

  @Test
  void shouldSurvive_whenBuffersAreMoreThanAVectorHolds() {
    net.start(MRG | VirtioFeatures.INDIRECT_DESC | 1 << 1 | 1 << 7);
    DriverQueue queue = net.driver.queue(0);
    for (int i = 0; i < 3; i++) {
      Buffer[] pieces = new Buffer[1000];
      for (int k = 0; k < pieces.length; k++) {
        pieces[k] = new Buffer(queue.allocate(32), 20, true);
      }
      queue.addIndirect(pieces);
    }
    net.driver.kick(0);

    for (int i = 0; i < 3; i++) {
      port.arrive(0, plain(15_000, i));
    }
    net.driver.workers().run();

    for (int i = 0; i < 3; i++) {
      assertEquals(15_000 + HEADER, queue.take().written());
    }
  }
}
