package dev.javisor.internal.virtio;

import static dev.javisor.internal.virtio.VirtioDriver.ACKNOWLEDGE;
import static dev.javisor.internal.virtio.VirtioDriver.DRIVER;
import static dev.javisor.internal.virtio.VirtioDriver.DRIVER_OK;
import static dev.javisor.internal.virtio.VirtioDriver.FEATURES_OK;
import static dev.javisor.internal.virtio.VirtioDriver.NEEDS_RESET;
import static dev.javisor.internal.virtio.VirtioDriver.NO_VECTOR;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.pci.PciDriver;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.DriverQueue.Used;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VirtioPciTest {
  private static final int SLOT = 1;
  private static final int COMMON = 1;
  private static final int ISR = 3;
  private static final int DEVICE = 4;
  private static final int PCI_CFG = 5;
  private static final int QUEUE_ENABLE = 0x1c;
  private static final int QUEUE_RESET = 0x3a;
  private static final int CONFIG_GENERATION = 0x15;
  private static final long VERSION_1 = VirtioFeatures.VERSION_1;
  private static final long RING_RESET = VirtioFeatures.RING_RESET;

  private final EchoDevice echo = new EchoDevice();
  private final ManualWorkers workers = new ManualWorkers();
  private final VirtioDriver<EchoDevice.State> driver = new VirtioDriver<>(echo, workers);

  @AfterEach
  void close() {
    echo.blockStop(false);
    driver.close();
  }

  private Used echo(int queue, String text) {
    DriverQueue ring = driver.queue(queue);
    Buffer answer = ring.writable(text.length());
    ring.add(ring.readable(text), answer);
    driver.kick(queue);
    Used used = ring.take();
    assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), ring.bytes(answer));
    return used;
  }

  @Test
  void shouldSayWhatItIs() {
    PciDriver pci = driver.pci();

    assertEquals(0x1af4, pci.read(SLOT, 0, 2));
    assertEquals(0x1040 + EchoDevice.TYPE, pci.read(SLOT, 2, 2));
    assertEquals(0xff_ff00_01L, pci.read(SLOT, 8, 4), "class and revision");
    assertEquals(0x1af4, pci.read(SLOT, 0x2c, 2));
    assertTrue(pci.read(SLOT, 0x2e, 2) >= 0x40, "firmware skips lower subsystem ids");
    long bar = driver.bar(0);
    assertEquals(bar, driver.address(COMMON));
    assertEquals(bar + 0x2000, driver.address(ISR));
    assertEquals(bar + 0x4000, driver.address(DEVICE));
    assertEquals(bar + 0x6000, driver.address(2));
    assertEquals(3, driver.read(COMMON, 0x12, 2), "queues");
  }

  @Test
  void shouldServeRequestsAndInterrupt() {
    driver.start(EchoDevice.FEATURE, 8, 8, 8);

    assertEquals(7, echo(0, "request").written());

    assertEquals(List.of(1), driver.interrupts());
    assertEquals(List.of("activate 100000008", "start 0", "start 1"), echo.calls.subList(1, 4));
  }

  @Test
  void shouldOfferTheFeaturesOfDeviceAndTransport() {
    long common = VirtioFeatures.INDIRECT_DESC | VirtioFeatures.EVENT_IDX | VERSION_1 | RING_RESET;

    assertEquals(common | EchoDevice.FEATURE | EchoDevice.REFUSED_FEATURE, driver.features());
    driver.write(COMMON, 0, 4, 2);
    assertEquals(0, driver.read(COMMON, 4, 4), "bits from 64 on");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, EchoDevice.FEATURE, VERSION_1 | 1L << 60, VERSION_1 | 1 << 4})
  void shouldRefuseFeatures_whenTheyCannotBe(long features) {
    assertEquals(ACKNOWLEDGE | DRIVER, driver.negotiate(features));

    driver.status(ACKNOWLEDGE | DRIVER | DRIVER_OK);
    assertEquals(ACKNOWLEDGE | DRIVER, driver.status(), "not without FEATURES_OK");
  }

  @Test
  void shouldKeepFeatures_onceTheyAreAgreedOn() {
    driver.negotiate(VERSION_1 | EchoDevice.FEATURE);

    driver.write(COMMON, 0x08, 4, 0);
    driver.write(COMMON, 0x0c, 4, 0);

    assertEquals(EchoDevice.FEATURE, driver.read(COMMON, 0x0c, 4));
  }

  @Test
  void shouldNotServeBeforeTheDriverIsReady() {
    driver.negotiate(VERSION_1);
    DriverQueue ring = driver.enableQueue(0, 8);
    ring.add(ring.readable("x"), ring.writable(1));

    driver.kick(0);
    assertNull(ring.poll());

    driver.status(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    workers.run();
    assertEquals(1, ring.take().written(), "without another kick");
  }

  @Test
  void shouldShowWhatTheQueuesAre() {
    driver.write(COMMON, 0x16, 2, 2);
    assertEquals(256, driver.read(COMMON, 0x18, 2));
    assertEquals(NO_VECTOR, driver.read(COMMON, 0x1a, 2));
    assertEquals(1, driver.read(COMMON, 0x1e, 2), "the second worker's doorbell");

    driver.write(COMMON, 0x16, 2, 3);
    assertEquals(0, driver.read(COMMON, 0x18, 2), "no such queue");
    assertEquals(NO_VECTOR, driver.read(COMMON, 0x1a, 2));
    driver.write(COMMON, QUEUE_ENABLE, 2, 1);
    assertEquals(0, driver.read(COMMON, QUEUE_ENABLE, 2));
  }

  @Test
  void shouldTakeAddressesOfQueuesInAnyWidthThatTheStandardAllows() {
    driver.write(COMMON, 0x20, 8, 0x1122_3344_5566_7788L);
    driver.write(COMMON, 0x28, 4, 0x5566_7788L);
    driver.write(COMMON, 0x2c, 4, 0x1122_3344L);
    driver.write(COMMON, 0x30, 2, 0xffff);

    assertEquals(0x1122_3344_5566_7788L, driver.read(COMMON, 0x20, 8));
    assertEquals(0x1122_3344_5566_7788L, driver.read(COMMON, 0x28, 8));
    assertEquals(0x3344, driver.read(COMMON, 0x2c, 2));
    assertEquals(0, driver.read(COMMON, 0x30, 8));
  }

  @Test
  void shouldShowNoVector_whenThereIsNoSuchVector() {
    driver.write(COMMON, 0x10, 2, 3);
    driver.write(COMMON, 0x1a, 2, 4);

    assertEquals(3, driver.read(COMMON, 0x10, 2));
    assertEquals(NO_VECTOR, driver.read(COMMON, 0x1a, 2));
  }

  @Test
  void shouldStayQuiet_whenTheQueueHasNoVector() {
    driver.start(0, 8);
    driver.write(COMMON, 0x1a, 2, NO_VECTOR);

    echo(0, "quiet");

    assertEquals(List.of(), driver.interrupts());
  }

  @Test
  void shouldKeepIsrStatus_whenMsixIsOff() {
    driver.start(0, 8);
    int capability = driver.pci().capabilities(SLOT, 0x11).get(0);
    driver.pci().write(SLOT, capability + 2, 2, 0);

    echo(0, "interrupt");

    assertEquals(1, driver.read(ISR, 0, 1));
    assertEquals(0, driver.read(ISR, 0, 1), "reading clears it");
    echo.transport().changeConfig(() -> {});
    assertEquals(2, driver.read(ISR, 0, 1));
  }

  @Test
  void shouldRingDoorbellsWithoutAnExit_whereverTheBarIs() {
    driver.start(0, 8, 8, 8);
    long before = driver.doorbell(2);
    assertEquals(List.of(driver.doorbell(0), before), workers.addresses());

    long target = PciDriver.WINDOW_32 + 0x100_0000;
    driver.pci().moveBar64(SLOT, 0, target);

    assertEquals(target + 0x6004, driver.doorbell(2));
    assertEquals(List.of(target + 0x6000, target + 0x6004), workers.addresses());
    assertFalse(workers.ring(before, 2));
    echo(0, "from the new place");
    driver.pci().decode(SLOT, false);
    assertEquals(List.of(), workers.addresses());
  }

  @Test
  void shouldTakeNotificationsThatExit() {
    driver.start(0, 8);
    DriverQueue ring = driver.queue(0);
    ring.add(ring.readable("slow"), ring.writable(4));

    driver.pci().store(driver.doorbell(0), 2, 0);
    workers.run();

    assertEquals(4, ring.take().written());
  }

  @Test
  void shouldReachEverythingThroughConfigurationSpace() {
    PciDriver pci = driver.pci();
    driver.start(0, 8);
    DriverQueue ring = driver.queue(0);
    ring.add(ring.readable("cfg"), ring.writable(3));
    pci.decode(SLOT, false);
    int at = driver.capability(PCI_CFG);

    pci.write(SLOT, at + 12, 4, 1);
    pci.write(SLOT, at + 8, 4, 0x14);
    assertEquals(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK, pci.read(SLOT, at + 16, 1));
    pci.write(SLOT, at + 12, 4, 2);
    pci.write(SLOT, at + 8, 4, 0x6000);
    pci.write(SLOT, at + 16, 2, 0);
    workers.run();

    assertEquals(3, ring.take().written());
    pci.write(SLOT, at + 8, 4, 0x12);
    assertEquals(3, pci.read(SLOT, at + 16, 2), "queues");
  }

  @ParameterizedTest
  @ValueSource(longs = {0x8000, 0x7ffffL, 0x80000, 0xffff_fffcL})
  void shouldReachNothingElseThroughConfigurationSpace(long offset) {
    PciDriver pci = driver.pci();
    int at = driver.capability(PCI_CFG);
    pci.write(SLOT, at + 12, 4, 4);
    pci.write(SLOT, at + 8, 4, offset);

    pci.write(SLOT, at + 16, 4, 0x1234);

    assertEquals(0, pci.read(SLOT, at + 16, 4));
  }

  @Test
  void shouldChangeTheGeneration_whenTheConfigurationChangedBetweenTwoReads() {
    driver.start(0, 8);
    driver.read(DEVICE, 0, 4);
    long before = driver.read(COMMON, CONFIG_GENERATION, 1);

    echo.transport().changeConfig(() -> echo.value = 0x1234);

    assertEquals(0x1234, driver.read(DEVICE, 0, 4));
    long after = driver.read(COMMON, CONFIG_GENERATION, 1);
    assertNotEquals(before, after);
    assertEquals(List.of(0), driver.interrupts(), "the configuration's vector");
    driver.read(DEVICE, 0, 4);
    assertEquals(after, driver.read(COMMON, CONFIG_GENERATION, 1));
  }

  @Test
  void shouldCarryConfigurationWrites_andBoundThem() {
    driver.write(DEVICE, 0, 4, 77);
    assertEquals(77, echo.value);

    driver.write(DEVICE, EchoDevice.CONFIG_SIZE - 2, 4, 1);
    driver.write(DEVICE, 0xffc, 4, 1);

    assertEquals(0, driver.read(DEVICE, EchoDevice.CONFIG_SIZE, 4));
    assertEquals(0, driver.read(DEVICE, 0xffc, 4));
    assertEquals(77, driver.read(DEVICE, 0, 1));
  }

  @Test
  void shouldNeedAReset_whenTheDriverBreaksTheRules() {
    driver.start(0, 8, 8);
    DriverQueue ring = driver.queue(0);
    ring.availableIndex(1000);

    driver.kick(0);

    assertTrue((driver.status() & NEEDS_RESET) != 0);
    assertEquals(List.of(0), driver.interrupts(), "a configuration change notification");
    DriverQueue other = driver.queue(1);
    other.add(other.readable("x"), other.writable(1));
    driver.kick(1);
    assertNull(other.poll(), "no queue is served");

    driver.start(0, 8, 8);
    assertEquals(5, echo(1, "again").written());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 128, 0, 0xffff})
  void shouldNeedAReset_whenAQueueIsOfNoSize(int size) {
    driver.negotiate(VERSION_1);
    driver.enableQueue(1, 8);
    driver.write(COMMON, 0x16, 2, 0);
    driver.write(COMMON, 0x18, 2, size);
    driver.write(COMMON, QUEUE_ENABLE, 2, 1);

    driver.status(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    workers.run();

    assertTrue((driver.status() & NEEDS_RESET) != 0);
  }

  @Test
  void shouldNeedAReset_whenTheDeviceFails() {
    driver.start(0, 8);

    echo.transport().needsReset("test");

    assertTrue((driver.status() & NEEDS_RESET) != 0);
    driver.status(0xff & ~NEEDS_RESET);
    assertTrue((driver.status() & NEEDS_RESET) != 0, "not the driver's to clear");
  }

  @Test
  void shouldStopEverything_whenTheDriverResets() {
    driver.start(0, 8, 0, 8);
    DriverQueue slow = driver.queue(2);
    slow.add(slow.readable("slow"), slow.writable(4));
    driver.kick(2);
    echo.calls.clear();

    driver.reset();

    assertEquals(List.of("stop 0", "stop 2", "reset"), echo.calls);
    echo.finish();
    assertNull(slow.poll());
    assertEquals(0, driver.read(COMMON, QUEUE_ENABLE, 2));
    assertEquals(NO_VECTOR, driver.read(COMMON, 0x10, 2));
    driver.start(0, 8, 0, 8);
    assertEquals(5, echo(0, "again").written());
  }

  @Test
  void shouldShowZeroOnlyWhenTheResetIsDone() throws InterruptedException {
    ThreadWorkers threads = new ThreadWorkers();
    EchoDevice slow = new EchoDevice();
    try (VirtioDriver<EchoDevice.State> own = new VirtioDriver<>(slow, threads)) {
      own.start(0, 8);
      own.queue(0).add(own.queue(0).readable("x"), own.queue(0).writable(1));
      own.notifyDevice(0);
      own.queue(0).await();
      slow.blockStop(true);

      own.status(0);

      assertNotEquals(0, own.status());
      own.status(ACKNOWLEDGE);
      assertNotEquals(ACKNOWLEDGE, own.status(), "nothing but waiting counts");
      slow.blockStop(false);
      own.reset();
      assertEquals(0, own.status());
    }
  }

  @Test
  void shouldResetOneQueueAndLeaveTheOthers() {
    driver.start(RING_RESET, 8, 8, 8);
    echo(0, "before");
    driver.write(COMMON, 0x16, 2, 0);

    driver.write(COMMON, QUEUE_RESET, 2, 1);
    assertEquals(1, driver.read(COMMON, QUEUE_RESET, 2), "under way");
    workers.run();

    assertEquals(0, driver.read(COMMON, QUEUE_RESET, 2));
    assertEquals(0, driver.read(COMMON, QUEUE_ENABLE, 2));
    assertEquals(64, driver.read(COMMON, 0x18, 2), "as after a reset");
    echo(1, "the other goes on");
    driver.enableQueue(0, 16);
    workers.run();
    assertEquals(5, echo(0, "after").written());
  }

  @Test
  void shouldNotResetAQueue_whenThatWasNotNegotiated() {
    driver.start(0, 8);
    driver.write(COMMON, 0x16, 2, 0);

    driver.write(COMMON, QUEUE_RESET, 2, 1);
    workers.run();

    assertEquals(0, driver.read(COMMON, QUEUE_RESET, 2));
    assertEquals(1, driver.read(COMMON, QUEUE_ENABLE, 2));
  }

  @Test
  void shouldStopAQueueThatWasNeverStarted() {
    driver.negotiate(VERSION_1 | RING_RESET);
    driver.enableQueue(0, 8);
    driver.status(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);

    driver.write(COMMON, QUEUE_RESET, 2, 1);

    assertEquals(0, driver.read(COMMON, QUEUE_RESET, 2));
    driver.reset();
    assertFalse(echo.calls.contains("start 0"));
  }

  @Test
  void shouldStartOver_whenTheMachineDoes() {
    driver.start(0, 8, 0, 8);
    DriverQueue slow = driver.queue(2);
    slow.add(slow.readable("slow"), slow.writable(4));
    driver.kick(2);

    driver.device().quiesce();
    driver.device().reset();
    driver.device().resume();
    workers.run();

    driver.pci().decode(SLOT, true);
    assertEquals(0, driver.status());
    driver.start(0, 8);
    assertEquals(5, echo(0, "again").written());
  }

  @Test
  void shouldGoOn_whenItsStateIsRestoredElsewhere() {
    driver.start(EchoDevice.FEATURE, 8, 0, 8);
    driver.write(DEVICE, 0, 4, 99);
    echo(0, "one");
    DriverQueue slow = driver.queue(2);
    Buffer answer = slow.writable(4);
    slow.add(slow.readable("slow"), answer);
    driver.kick(2);
    DriverQueue ring = driver.queue(0);
    int late = ring.add(ring.readable("late"), ring.writable(4));

    VirtioPciState<EchoDevice.State> state = driver.pauseAndSave();
    assertEquals(4, slow.take().written(), "drained before it was saved");
    EchoDevice second = new EchoDevice();
    try (VirtioDriver<EchoDevice.State> next =
        new VirtioDriver<>(second, new ManualWorkers(), driver.memory())) {
      next.device().quiesce();
      next.device().restore(state);
      assertEquals(state, next.device().save());
      next.device().resume();
      next.workers().run();

      assertEquals(99, second.value);
      assertEquals(new Used(late, 4), ring.take());
      assertEquals(List.of(1), next.interrupts());
      assertEquals(
          ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK, next.status(), "and at the same place");
    }
  }

  @Test
  void shouldRefuseStatesThatCannotBe() {
    driver.start(0, 8);
    VirtioPciState<EchoDevice.State> good = driver.pauseAndSave();
    CommonState common = good.common();
    QueueState wrong = new QueueState(8, 1, true, 0x1008, 0x2000, 0x3000, QueuePosition.START);
    CommonState broken =
        new CommonState(0, 0, VERSION_1, 0, 15, 0, false, 0, 0, List.of(wrong, wrong, wrong));
    CommonState short1 =
        new CommonState(0, 0, VERSION_1, 0, 15, 0, false, 0, 0, common.queues().subList(0, 1));
    CommonState alien = new CommonState(0, 0, 1L << 60, 0, 15, 0, false, 0, 0, common.queues());

    for (CommonState bad : List.of(broken, short1, alien)) {
      VirtioPciState<EchoDevice.State> state =
          new VirtioPciState<>(1, good.function(), bad, good.device());
      assertThrows(IllegalArgumentException.class, () -> driver.device().restore(state));
    }
    VirtioPciState<EchoDevice.State> future =
        new VirtioPciState<>(2, good.function(), common, good.device());
    assertThrows(IllegalArgumentException.class, () -> driver.device().restore(future));
  }

  @Test
  void shouldGiveEverythingBack() {
    driver.start(0, 8, 8, 8);

    driver.device().close();

    assertEquals(0, workers.open());
    assertEquals("close", echo.calls.get(echo.calls.size() - 1));
  }
}
