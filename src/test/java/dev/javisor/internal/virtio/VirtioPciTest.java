package dev.javisor.internal.virtio;

import static dev.javisor.internal.virtio.VirtioDriver.ACKNOWLEDGE;
import static dev.javisor.internal.virtio.VirtioDriver.DRIVER;
import static dev.javisor.internal.virtio.VirtioDriver.DRIVER_OK;
import static dev.javisor.internal.virtio.VirtioDriver.FEATURES_OK;
import static dev.javisor.internal.virtio.VirtioDriver.NO_VECTOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.pci.PciDriver;
import dev.javisor.internal.virtio.DriverQueue.Used;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a driver finds, and how it sets the device up. */
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
    return EchoDevice.echo(driver, queue, text);
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
  void shouldListenOnlyForWorkersWhoseQueuesAreInUse() {
    assertEquals(List.of(), workers.addresses(), "the BAR is mapped, the driver not there");
    assertEquals(FEATURES_OK, driver.negotiate(VERSION_1 | RING_RESET) & FEATURES_OK);
    driver.enableQueue(2, 8);
    assertEquals(List.of(), workers.addresses(), "the driver is not ready");
    driver.status(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    assertEquals(List.of(driver.doorbell(2)), workers.addresses());

    driver.enableQueue(1, 8);
    driver.enableQueue(0, 8);
    assertEquals(List.of(driver.doorbell(0), driver.doorbell(2)), workers.addresses());

    driver.write(COMMON, 0x16, 2, 0);
    driver.write(COMMON, QUEUE_RESET, 2, 1);
    workers.run();
    assertEquals(2, workers.addresses().size(), "queue 1 shares the worker");
    driver.write(COMMON, 0x16, 2, 1);
    driver.write(COMMON, QUEUE_RESET, 2, 1);
    workers.run();
    assertEquals(List.of(driver.doorbell(2)), workers.addresses());

    driver.reset();
    assertEquals(List.of(), workers.addresses());
  }

  @Test
  void shouldListenInTheNewPlace_whenTheBarMovedBeforeTheDriverWasReady() {
    long target = PciDriver.WINDOW_32 + 0x100_0000;
    driver.pci().moveBar64(SLOT, 0, target);

    driver.start(0, 8);

    assertEquals(List.of(target + 0x6000), workers.addresses());
    driver.pci().decode(SLOT, false);
    driver.pci().decode(SLOT, true);
    assertEquals(List.of(target + 0x6000), workers.addresses());
    echo(0, "from the new place");
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
}
