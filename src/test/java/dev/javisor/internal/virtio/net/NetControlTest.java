package dev.javisor.internal.virtio.net;

import static dev.javisor.internal.virtio.net.NetDriver.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.VirtioDriver;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Commands of the driver, and what the device tells it by its configuration. */
class NetControlTest extends NetFixture {
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
}
