package dev.javisor.internal.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.BlockRequest;
import dev.javisor.backend.BlockStatus;
import dev.javisor.internal.virtio.BrokenDriverException;
import dev.javisor.internal.virtio.DriverQueue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A disk from the driver's side. */
class VirtioBlkTest extends BlkFixture {
  private static final int SECTORS = SIZE / 512;

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
}
