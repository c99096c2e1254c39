package dev.javisor.internal.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockStatus;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.BackendDisk;
import dev.javisor.internal.bus.QueuePoll;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.ManualWorkers;
import dev.javisor.internal.virtio.VirtioDriver;
import dev.javisor.internal.virtio.VirtioFeatures;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk whose worker looks for requests: the test is guest and worker, step by step. */
class BlkPollTest {
  private static final long POLL = 50_000;
  private static final int SIZE = 64;

  private final SlowBackend backend = new SlowBackend(1 << 20);
  private final ManualWorkers workers = new ManualWorkers().polling();
  private VirtioDriver<BlkState> driver;

  private QueuePoll start(long pollNanos, long features) {
    VirtioDisk disk =
        VirtioDisk.create(
            new BlkConfig("disk0", 1, SIZE, RateLimiter.UNLIMITED, "", pollNanos),
            new BackendDisk("disk0", backend, false),
            System::nanoTime,
            BlkDriver.NO_TIMER);
    driver = new VirtioDriver<>(disk, workers);
    driver.start(features, SIZE);
    return workers.poll(0);
  }

  @AfterEach
  void close() {
    backend.completeOnCancel = true;
    driver.close();
  }

  private DriverQueue offer() {
    DriverQueue queue = driver.queue(0);
    queue.add(
        queue.readable(BlkDriver.header(BlkDriver.IN, 0)), queue.writable(512), queue.writable(1));
    return queue;
  }

  /** The task's next run, whoever asked for it. */
  private void service() {
    driver.notifyDevice(0);
    workers.run(0);
  }

  @Test
  void shouldNotPoll_whenNobodyAskedForIt() {
    assertNull(start(0, 0));
    assertFalse(driver.queue(0).noNotify());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, VirtioFeatures.EVENT_IDX})
  void shouldFindARequestThatNobodyAnnounced(long features) {
    backend.completeAtOnce = true;
    QueuePoll poll = start(POLL, features);
    assertEquals(POLL, poll.mostNanos());
    assertFalse(poll.ready());

    DriverQueue queue = offer();

    assertTrue(poll.ready());
    service();
    assertEquals(513, queue.take().written());
    assertFalse(poll.ready());
  }

  @Test
  void shouldKeepNotificationsOff_untilItListens() {
    backend.completeAtOnce = true;
    QueuePoll poll = start(POLL, 0);
    assertTrue(driver.queue(0).noNotify());
    offer();
    service();
    assertTrue(driver.queue(0).noNotify());

    assertFalse(poll.listen());

    assertFalse(driver.queue(0).noNotify());
  }

  @Test
  void shouldKeepTheEventBehind_untilItListens() {
    backend.completeAtOnce = true;
    QueuePoll poll = start(POLL, VirtioFeatures.EVENT_IDX);
    for (int i = 0; i < 3; i++) {
      offer();
      service();
      assertEquals(0, driver.queue(0).availableEvent());
    }

    assertFalse(poll.listen());

    assertEquals(3, driver.queue(0).availableEvent());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, VirtioFeatures.EVENT_IDX})
  void shouldNotSleep_whenARequestCameBeforeItListened(long features) {
    QueuePoll poll = start(POLL, features);
    offer();

    assertTrue(poll.listen());
  }

  @Test
  void shouldFindWhatTheBackendIsDoneWith() {
    QueuePoll poll = start(POLL, 0);
    DriverQueue queue = offer();
    service();
    assertFalse(poll.ready());

    backend.take(0).complete(BlockStatus.OK);

    assertTrue(poll.ready());
    workers.run();
    assertEquals(513, queue.take().written());
    assertFalse(poll.ready());
  }

  @Test
  void shouldHaveADriverThatBreaksTheRulesReset_andLookNoMore() {
    QueuePoll poll = start(POLL, 0);
    driver.queue(0).availableIndex(SIZE + 1);

    assertTrue(poll.ready(), "serving tells what is wrong");
    service();

    assertTrue((driver.status() & VirtioDriver.NEEDS_RESET) != 0);
    assertFalse(poll.ready());
    assertFalse(poll.listen());
  }

  @Test
  void shouldHaveADriverThatBreaksTheRulesReset_whenThatShowsWhileListening() {
    QueuePoll poll = start(POLL, 0);
    driver.queue(0).availableIndex(SIZE + 1);

    assertFalse(poll.listen());

    assertTrue((driver.status() & VirtioDriver.NEEDS_RESET) != 0);
  }

  @Test
  void shouldStopAtOnce_whenTheDriverResetsTheDevice() {
    QueuePoll poll = start(POLL, 0);

    driver.status(0);
    assertTrue(poll.ready(), "the queue is to be stopped");
    workers.run();

    assertEquals(0, driver.status());
    assertFalse(poll.ready());
    assertFalse(poll.listen());
    assertEquals(List.of(), backend.seen());
  }
}
