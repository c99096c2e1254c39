package dev.javisor.internal.virtio;

import static dev.javisor.internal.virtio.VirtioDriver.ACKNOWLEDGE;
import static dev.javisor.internal.virtio.VirtioDriver.DRIVER;
import static dev.javisor.internal.virtio.VirtioDriver.DRIVER_OK;
import static dev.javisor.internal.virtio.VirtioDriver.FEATURES_OK;
import static dev.javisor.internal.virtio.VirtioDriver.NEEDS_RESET;
import static dev.javisor.internal.virtio.VirtioDriver.NO_VECTOR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.DriverQueue.Used;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Resets, failures, states and the end of a device. */
class VirtioPciLifeTest {
  private static final int SLOT = 1;
  private static final int COMMON = 1;
  private static final int DEVICE = 4;
  private static final int QUEUE_ENABLE = 0x1c;
  private static final int QUEUE_RESET = 0x3a;
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

    long refused = VERSION_1 | EchoDevice.REFUSED_FEATURE;
    CommonState unfit = new CommonState(0, 0, refused, 0, 15, 0, false, 0, 0, common.queues());
    CommonState old = new CommonState(0, 0, 0, 0, 15, 0, false, 0, 0, common.queues());

    for (CommonState bad : List.of(broken, short1, alien, unfit, old)) {
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
