package dev.javisor.internal.virtio.net;

import static dev.javisor.internal.virtio.net.NetDriver.HEADER;
import static dev.javisor.internal.virtio.net.NetDriver.framed;
import static dev.javisor.internal.virtio.net.NetDriver.plain;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.VirtioFeatures;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Frames for the driver. */
class NetReceiveTest extends NetFixture {
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
