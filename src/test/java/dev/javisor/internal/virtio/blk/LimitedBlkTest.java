package dev.javisor.internal.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.RateLimit;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.BackendDisk;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Disks with a rate limit. */
class LimitedBlkTest {
  private static final int NOT_DONE = 0xff;
  private static final int SIZE = 4 << 20;

  /** What the limiter says to the requests to come; nothing more to say: they may pass. */
  private static final class Script implements RateLimiter {
    final List<Long> answers = new ArrayList<>();
    final List<Long> asked = new ArrayList<>();

    @Override
    public long acquire(long bytes) {
      asked.add(bytes);
      return answers.isEmpty() ? 0 : answers.remove(0);
    }

    @Override
    public RateLimit limit() {
      return RateLimit.UNLIMITED;
    }

    @Override
    public void limit(RateLimit limit) {
      throw new AssertionError();
    }
  }

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(64 << 20, false, false, false, false), 0xC000_0000L);
  private final Script limiter = new Script();
  private final List<Long> delays = new ArrayList<>();
  private final List<Runnable> due = new ArrayList<>();
  private long now;

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void shouldAskForEachRequestsData_alsoForThoseThatHaveNone() {
    try (BlkDriver driver = driver(limiter)) {
      driver.write(0, new byte[1024]);
      driver.read(0, 512);
      driver.flush();
      driver.await(driver.offer(0, BlkDriver.header(BlkDriver.GET_ID, 0), List.of(), List.of(20)));

      assertEquals(List.of(1024L, 512L, 0L), limiter.asked, "an id costs the disk nothing");
    }
  }

  @Test
  void shouldLeaveARequestToTheDriver_untilItsTimeHasCome() {
    try (BlkDriver driver = driver(limiter)) {
      limiter.answers.addAll(List.of(0L, 5000L));
      List<BlkDriver.Pending> reads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        reads.add(driver.offerRead(0, i, 512));
      }

      driver.device.service(0);
      assertEquals(List.of(BlkDriver.OK, NOT_DONE, NOT_DONE), statuses(driver, reads));
      assertEquals(List.of(5000L), delays);

      now += 4999;
      driver.device.service(0);
      assertEquals(2, limiter.asked.size(), "it is not asked again too early");
      assertEquals(1, due.size());

      now += 1;
      assertFalse(driver.woken());
      due.remove(0).run();
      assertTrue(driver.woken());
      driver.device.service(0);
      assertEquals(List.of(BlkDriver.OK, BlkDriver.OK, BlkDriver.OK), statuses(driver, reads));
    }
  }

  @Test
  void shouldAskAgainSoon_soThatAnotherLimitTakesEffect() {
    try (BlkDriver driver = driver(limiter)) {
      limiter.answers.add(Duration.ofHours(1).toNanos());
      BlkDriver.Pending read = driver.offerRead(0, 0, 512);
      driver.device.service(0);

      assertEquals(List.of(100_000_000L), delays);
      now += 100_000_000;
      driver.device.service(0);
      assertEquals(BlkDriver.OK, driver.status(read));
    }
  }

  @Test
  void shouldStopAndReset_whileARequestWaits() {
    try (BlkDriver driver = driver(limiter)) {
      limiter.answers.add(1_000_000L);
      BlkDriver.Pending read = driver.offerRead(0, 0, 512);
      driver.device.service(0);

      driver.device.quiesce();
      driver.device.stopQueue(0);
      due.forEach(Runnable::run);
      driver.device.service(0);

      assertEquals(NOT_DONE, driver.status(read));
    }
  }

  private static List<Integer> statuses(BlkDriver driver, List<BlkDriver.Pending> requests) {
    return requests.stream().map(driver::status).toList();
  }

  private BlkDriver driver(RateLimiter by) {
    BlkConfig config = new BlkConfig("disk0", 1, BlkDriver.QUEUE_SIZE, by, "");
    BackendDisk disk = new BackendDisk("disk0", BlockBackend.inMemory(SIZE), false);
    VirtioDisk device =
        VirtioDisk.create(
            config,
            disk,
            () -> now,
            (delay, task) -> {
              delays.add(delay);
              due.add(task);
              return () -> due.remove(task);
            });
    return new BlkDriver(memory, device, -1L);
  }
}
