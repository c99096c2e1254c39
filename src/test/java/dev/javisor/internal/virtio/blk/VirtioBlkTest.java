package dev.javisor.internal.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockOperation;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.BackendDisk;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.virtio.BrokenDriverException;
import dev.javisor.internal.virtio.DriverQueue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

class VirtioBlkTest {
  private static final long ALL = -1L;
  private static final int SIZE = 4 << 20;
  private static final int SECTORS = SIZE / 512;

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(256 << 20, false, false, false, false), 0xC000_0000L);
  private final SlowBackend slow = new SlowBackend(SIZE);

  @AfterEach
  void close() {
    memory.close();
  }

  @Test
  void shouldReadBackWhatWasWritten_whateverTheBuffers() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      byte[] content = random(8 * 512);

      assertEquals(BlkDriver.OK, driver.write(3, content, 100, 3996));

      assertArrayEquals(content, driver.read(3, 1, 511, 3584));
      assertArrayEquals(new byte[512], driver.read(2, 512));
      assertArrayEquals(
          Arrays.copyOfRange(content, 3584, 4096), driver.read(10, 512), "the last sector");
    }
  }

  @Test
  void shouldTakeARequestInOneBuffer_whenTheDriverPutsHeaderAndDataTogether() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      byte[] whole = Arrays.copyOf(BlkDriver.header(BlkDriver.OUT, 7), 16 + 512);
      Arrays.fill(whole, 16, whole.length, (byte) 0x42);

      assertEquals(BlkDriver.OK, driver.await(driver.offer(0, whole, List.of(), List.of())));

      byte[] expected = new byte[512];
      Arrays.fill(expected, (byte) 0x42);
      assertArrayEquals(expected, driver.read(7, 512));
    }
  }

  @Test
  void shouldSayWhatTheDiskIs() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 4, ALL)) {
      VirtioDisk device = driver.device;

      assertEquals(2, device.type());
      assertEquals(SECTORS, device.readConfig(0, 8));
      assertEquals(BlkDriver.QUEUE_SIZE - 2, device.readConfig(12, 4), "seg_max");
      assertEquals(512, device.readConfig(20, 4), "blk_size");
      assertEquals(1, device.readConfig(32, 1), "writeback");
      assertEquals(4, device.readConfig(34, 2), "num_queues");
      assertEquals(1, device.readConfig(40, 4), "max_discard_seg");
      assertEquals(1, device.readConfig(56, 1), "write_zeroes_may_unmap");
      assertEquals(device.readConfig(36, 4), device.readConfig(36, 8) & 0xffff_ffffL);
      assertEquals(0x7e44L, device.features(), "bits 2, 6, 9 to 14");
    }
  }

  @Test
  void shouldTellTheSerial_whenAsked() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      BlkDriver.Pending id =
          driver.offer(0, BlkDriver.header(BlkDriver.GET_ID, 0), List.of(), List.of(20));

      assertEquals(BlkDriver.OK, driver.await(id));

      assertEquals(
          "serial-1",
          new String(driver.data(id), StandardCharsets.US_ASCII).strip().replace("\0", ""));
      BlkDriver.Pending shorter =
          driver.offer(0, BlkDriver.header(BlkDriver.GET_ID, 0), List.of(), List.of(19));
      assertEquals(BlkDriver.IOERR, driver.await(shorter));
    }
  }

  @Test
  void shouldReadZeros_whenZeroedOrDiscarded() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      driver.write(0, random(64 * 512));

      assertEquals(BlkDriver.OK, driver.range(BlkDriver.WRITE_ZEROES, 1, 10, 0));
      assertEquals(BlkDriver.OK, driver.range(BlkDriver.WRITE_ZEROES, 20, 10, 1));
      assertEquals(BlkDriver.OK, driver.range(BlkDriver.DISCARD, 40, 10, 0));

      assertArrayEquals(new byte[10 * 512], driver.read(1, 10 * 512));
      assertArrayEquals(new byte[10 * 512], driver.read(20, 10 * 512));
      assertArrayEquals(new byte[10 * 512], driver.read(40, 10 * 512));
    }
  }

  @Test
  void shouldAnswerWithAnError_whenTheRequestMakesNoSense() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      byte[] sector = new byte[512];
      for (long start : new long[] {SECTORS, SECTORS + 1L, -1, Long.MIN_VALUE, 1L << 55}) {
        assertEquals(BlkDriver.IOERR, driver.write(start, sector), "write at " + start);
        assertEquals(
            BlkDriver.IOERR, driver.await(driver.offerRead(0, start, 512)), "read at " + start);
        assertEquals(BlkDriver.IOERR, driver.range(BlkDriver.DISCARD, start, 1, 0));
      }
      assertEquals(BlkDriver.IOERR, driver.write(SECTORS - 1, new byte[1024]));
      assertEquals(BlkDriver.IOERR, driver.write(0, new byte[511]));
      assertEquals(BlkDriver.IOERR, driver.await(driver.offerRead(0, 0)), "no data at all");
      assertEquals(BlkDriver.IOERR, driver.range(BlkDriver.DISCARD, 0, 0, 0));
      assertEquals(BlkDriver.IOERR, driver.range(BlkDriver.WRITE_ZEROES, 0, -1, 0));
      assertEquals(BlkDriver.UNSUPP, driver.range(BlkDriver.DISCARD, 0, 1, 1), "unmap");
      assertEquals(BlkDriver.UNSUPP, driver.range(BlkDriver.WRITE_ZEROES, 0, 1, 2), "reserved");
      for (int type : new int[] {2, 3, 5, 10, 14, 0x8000_0000, -1}) {
        BlkDriver.Pending strange =
            driver.offer(0, BlkDriver.header(type, 0), List.of(), List.of(512));
        assertEquals(BlkDriver.UNSUPP, driver.await(strange), "type " + type);
      }
      assertEquals(BlkDriver.OK, driver.write(SECTORS - 1, sector), "still at work");
    }
  }

  @Test
  void shouldTakeOneRangeOnly_whenADiscardHasSeveral() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      BlkDriver.Pending two =
          driver.offer(0, BlkDriver.header(BlkDriver.DISCARD, 0), List.of(new byte[32]), List.of());

      assertEquals(BlkDriver.IOERR, driver.await(two));
    }
  }

  @Test
  void shouldNeedAReset_whenThereIsNoRoomForAStatus() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      DriverQueue queue = driver.queues.get(0);
      queue.add(queue.readable(BlkDriver.header(BlkDriver.FLUSH, 0)));

      assertThrows(BrokenDriverException.class, () -> driver.device.service(0));
    }
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      DriverQueue queue = driver.queues.get(0);
      queue.add(queue.readable(new byte[15]), queue.writable(1));

      assertThrows(BrokenDriverException.class, () -> driver.device.service(0));
    }
  }

  @Test
  void shouldRefuseChanges_whenTheDiskIsReadOnly() {
    slow.readOnly = true;
    try (BlkDriver driver = driver(disk(slow), 1, ALL)) {
      assertTrue((driver.device.features() & BlkFeatures.RO) != 0);
      assertEquals(0, driver.device.features() & (BlkFeatures.DISCARD | BlkFeatures.WRITE_ZEROES));

      assertEquals(BlkDriver.IOERR, driver.write(0, new byte[512]));
      assertEquals(BlkDriver.IOERR, driver.range(BlkDriver.DISCARD, 0, 1, 0));
      assertEquals(BlkDriver.IOERR, driver.range(BlkDriver.WRITE_ZEROES, 0, 1, 0));
      assertEquals(List.of(), slow.seen());
    }
  }

  @Test
  void shouldCompleteInTheOrderOfTheDisk_whenThatIsAnother() {
    try (BlkDriver driver = driver(disk(slow), 1, ALL)) {
      BlkDriver.Pending first = driver.offerRead(0, 0, 512);
      BlkDriver.Pending second = driver.offerRead(0, 1, 512);
      driver.device.service(0);

      slow.take(1).complete(BlockStatus.OK);
      assertTrue(driver.woken());
      assertEquals(BlkDriver.OK, driver.await(second));
      assertEquals(0xff, driver.status(first));
      slow.take(0).complete(BlockStatus.UNSUPPORTED);

      assertEquals(BlkDriver.UNSUPP, driver.await(first));
    }
  }

  @Test
  void shouldAnswerWithAnError_whenTheBackendThrows() {
    BlockBackend broken =
        new SlowBackend(SIZE) {
          @Override
          public void submit(BlockRequest request) {
            throw new IllegalStateException("on purpose");
          }
        };
    try (BlkDriver driver = driver(disk(broken), 1, ALL)) {
      assertEquals(BlkDriver.IOERR, driver.flush());
      assertEquals(BlkDriver.IOERR, driver.write(0, new byte[512]));
      assertEquals(2, driver.device.counters().counters().get("errors"));
    }
  }

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

  @Test
  void shouldServeEachQueueByItself_whenThereAreSeveral() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 4, ALL)) {
      for (int queue = 0; queue < 4; queue++) {
        byte[] content = random(4096);
        assertEquals(BlkDriver.OK, driver.await(driver.offerWrite(queue, queue * 8L, content)));
        assertArrayEquals(content, driver.read(queue * 8L, 4096));
      }
      driver.device.stopQueue(2);
      BlkDriver.Pending forgotten = driver.offerRead(2, 0, 512);
      driver.device.service(2);
      assertEquals(0xff, driver.status(forgotten));
      assertEquals(BlkDriver.OK, driver.flush());
    }
  }

  @Test
  void shouldCountWhatItDoes() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 2, ALL)) {
      driver.write(0, new byte[1024]);
      driver.await(driver.offerWrite(1, 8, new byte[512]));
      driver.read(0, 4096);
      driver.flush();
      driver.write(-1, new byte[512]);

      Map<String, Long> counters = driver.device.counters().counters();

      assertEquals(1536, counters.get("write_bytes"));
      assertEquals(2, counters.get("write_ops"));
      assertEquals(4096, counters.get("read_bytes"));
      assertEquals(1, counters.get("read_ops"));
      assertEquals(1, counters.get("flush_ops"));
      assertEquals(0, counters.get("errors"));
      assertTrue(counters.get("write_latency_min_us") <= counters.get("write_latency_avg_us"));
      assertTrue(counters.get("write_latency_avg_us") <= counters.get("write_latency_max_us"));
    }
  }

  @Test
  void shouldTakeAFullRing_andStopWhereItsBudgetEnds() {
    try (BlkDriver driver = driver(disk(BlockBackend.inMemory(SIZE)), 1, ALL)) {
      BlkDriver.Pending last = driver.offerRead(0, 0, 512);
      for (int i = 1; i < BlkDriver.QUEUE_SIZE / 3; i++) {
        last = driver.offerRead(0, i, 512);
      }

      driver.device.service(0);

      assertEquals(BlkDriver.OK, driver.status(last));
      assertFalse(driver.woken());
    }
  }

  private BlkDriver driver(Disk disk, int queues, long features) {
    BlkConfig config =
        new BlkConfig("disk0", queues, BlkDriver.QUEUE_SIZE, RateLimiter.UNLIMITED, "serial-1");
    return new BlkDriver(
        memory, VirtioDisk.create(config, disk, System::nanoTime, BlkDriver.NO_TIMER), features);
  }

  private static Disk disk(BlockBackend backend) {
    return new BackendDisk("disk0", backend, false);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
