package dev.javisor.internal.virtio.net;

import static dev.javisor.internal.virtio.net.NetDriver.plain;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.ManualWorkers;
import dev.javisor.internal.virtio.VirtioDriver;
import dev.javisor.internal.virtio.VirtioPciState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A card that is paused, moved, reset and closed. */
class NetLifeTest extends NetFixture {
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
}
