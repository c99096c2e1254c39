package dev.javisor.internal.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockStatus;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.Disk;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** What becomes of a disk's requests and data when it is paused, restored or ended. */
class VirtioBlkLifeTest extends BlkFixture {
  @Test
  void shouldMakeEachWriteDurable_whenThereIsNoWriteBackCache() {
    SlowBackend backend = new SlowBackend(SIZE);
    backend.completeAtOnce = true;
    try (BlkDriver driver = driver(disk(backend), 1, 0)) {
      assertEquals(BlkDriver.OK, driver.write(0, new byte[512]));
    }
    assertEquals(List.of(BlockOperation.WRITE, BlockOperation.FLUSH), backend.seen());

    SlowBackend switched = new SlowBackend(SIZE);
    switched.completeAtOnce = true;
    try (BlkDriver driver = driver(disk(switched), 1, ALL)) {
      driver.write(0, new byte[512]);
      driver.device.writeConfig(32, 1, 0);
      assertEquals(0, driver.device.readConfig(32, 1));
      driver.write(0, new byte[512]);
    }
    assertEquals(
        List.of(BlockOperation.WRITE, BlockOperation.WRITE, BlockOperation.FLUSH), switched.seen());
  }

  @Test
  void shouldWaitForTheFlush_whenAWriteIsToBeDurable() {
    try (BlkDriver driver = driver(disk(slow), 1, 0)) {
      BlkDriver.Pending write = driver.offerWrite(0, 0, new byte[512]);
      driver.device.service(0);
      slow.take(0).complete(BlockStatus.OK);
      driver.device.service(0);

      assertEquals(0xff, driver.status(write));

      slow.take(0).complete(BlockStatus.IOERR);
      assertEquals(BlkDriver.IOERR, driver.await(write));
    }
  }

  @Test
  void shouldKeepTheCacheMode_whenItMayNotBeChosen() {
    try (BlkDriver driver = driver(disk(slow), 1, BlkFeatures.FLUSH)) {
      driver.device.writeConfig(32, 1, 0);

      assertEquals(1, driver.device.readConfig(32, 1));
    }
  }

  @Test
  void shouldDrain_whenQuiescedWithRequestsUnderWay() throws InterruptedException {
    try (BlkDriver driver = driver(disk(slow), 1, ALL)) {
      BlkDriver.Pending read = driver.offerRead(0, 5, 512);
      driver.device.service(0);
      Thread later = new Thread(() -> slow.take(0).complete(BlockStatus.OK));
      later.start();

      driver.device.quiesce();

      assertEquals(BlkDriver.OK, driver.status(read));
      later.join();
      assertEquals(new BlkState(1, SIZE, true), driver.device.save());
    }
  }

  @Test
  void shouldFlushAtTheEnd_whenTheGuestEndedByItself() {
    for (boolean byItself : new boolean[] {true, false}) {
      Disk disk = mock(Disk.class, delegatesTo(disk(BlockBackend.inMemory(SIZE))));
      BlkDriver driver = driver(disk, 1, ALL);
      if (byItself) {
        driver.device.keepWrites();
      }

      driver.close();

      InOrder order = inOrder(disk);
      order.verify(disk, times(byItself ? 1 : 0)).flush();
      order.verify(disk).close();
    }
  }

  @Test
  void shouldLetGo_whenClosedWhileABackendNeverAnswers() {
    BlkDriver driver = driver(disk(slow), 1, ALL);
    BlkDriver.Pending write = driver.offerWrite(0, 0, random(512));
    driver.device.service(0);
    slow.completeOnCancel = true;

    driver.close();

    assertEquals(BlkDriver.IOERR, driver.status(write));
    assertThrows(IllegalStateException.class, () -> slow.last().complete(BlockStatus.OK), "twice");
  }

  @Test
  void shouldWaitOnceForAllQueues_whenClosedWhileABackendNeverAnswers() {
    AtomicLong now = new AtomicLong();
    BlkConfig config =
        new BlkConfig("disk0", 8, BlkDriver.QUEUE_SIZE, RateLimiter.UNLIMITED, "serial-1");
    VirtioDisk device =
        VirtioDisk.create(config, disk(slow), () -> now.addAndGet(100_000_000), BlkDriver.NO_TIMER);
    BlkDriver driver = new BlkDriver(memory, device, ALL);
    for (int i = 0; i < 8; i++) {
      driver.offerWrite(i, 0, random(512));
      driver.device.service(i);
    }
    long before = now.get();

    driver.close();

    long waited = (now.get() - before) / 1_000_000_000;
    assertTrue(waited >= 5 && waited < 10, waited + " s");
  }

  @Test
  void shouldGoOn_whenItsStateIsRestored() {
    try (BlkDriver before = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL);
        BlkDriver after = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      before.device.writeConfig(32, 1, 0);

      after.device.restore(before.device.save());

      assertEquals(0, after.device.readConfig(32, 1));
      assertEquals(before.device.save(), after.device.save());
      assertThrows(
          IllegalArgumentException.class, () -> after.device.restore(new BlkState(2, SIZE, true)));
      assertThrows(
          IllegalArgumentException.class,
          () -> after.device.restore(new BlkState(1, SIZE + 512, true)));
      after.device.reset();
      assertEquals(1, after.device.readConfig(32, 1));
    }
  }
}
