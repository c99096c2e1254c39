package dev.javisor.internal.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.config.DiskEngine;
import dev.javisor.config.RateLimiter;
import dev.javisor.internal.block.BackendDisk;
import dev.javisor.internal.block.Disk;
import dev.javisor.internal.block.file.DiskSpec;
import dev.javisor.internal.block.file.FileDisks;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.virtio.BrokenDriverException;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests by chance, most of them senseless: the device answers each, and harms nothing else. */
class HostileBlkDriverTest {
  private static final int SIZE = 1 << 20;
  private static final int SECTORS = SIZE / 512;
  private static final int REQUESTS = 3000;
  private static final int CANARY = 64;
  private static final int[] TYPES = {0, 0, 1, 1, 4, 8, 11, 11, 13, 13, 2, 14, -1};
  private static final int[] LENGTHS = {0, 1, 15, 16, 17, 20, 31, 32, 511, 512, 513, 4096, 70_000};

  @TempDir Path folder;

  private final List<Long> canaries = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(strings = {"memory", "preadv", "io_uring"})
  void shouldAnswerAndHarmNothing_whateverIsAskedFor(String kind) throws IOException {
    long seed = 20;
    Random random = new Random(seed);
    int answered = 0;
    int broken = 0;
    Path file = Files.write(folder.resolve("disk"), new byte[SIZE]);
    for (int round = 0; answered + broken < REQUESTS; round++) {
      try (GuestMemory memory =
              GuestRam.map(new RamSpec(64 << 20, false, false, false, false), 0xC000_0000L);
          BlkDriver driver = new BlkDriver(memory, device(kind, file), -1L)) {
        canaries.clear();
        DriverQueue queue = driver.queues.get(0);
        try {
          for (int i = 0; i < 100; i++) {
            Buffer status = offer(random, queue);
            awaitUsed(driver, queue, "seed %d, round %d".formatted(seed, round));
            int value = queue.bytes(status)[0] & 0xff;
            assertTrue(value <= 2, "status " + value + ", seed " + seed);
            answered++;
          }
        } catch (BrokenDriverException e) {
          broken++;
        }
        checkCanaries(memory);
      }
    }
    assertTrue(answered > broken, answered + " and " + broken);
    assertEquals(SIZE, Files.size(file));
  }

  private Buffer offer(Random random, DriverQueue queue) {
    List<Buffer> chain = new ArrayList<>();
    boolean whole = random.nextInt(20) != 0;
    byte[] header = BlkDriver.header(pick(random, TYPES), sector(random));
    chain.add(queue.readable(whole ? header : Arrays.copyOf(header, random.nextInt(16))));
    for (int i = random.nextInt(3); i > 0; i--) {
      byte[] data = new byte[pick(random, LENGTHS)];
      random.nextBytes(data);
      if (data.length >= 16) {
        // Now and then a range that makes sense.
        byte[] range = BlkDriver.header(random.nextInt(SECTORS), random.nextInt(64));
        System.arraycopy(range, 0, data, 0, 16);
      }
      chain.add(queue.readable(data));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      chain.add(guarded(queue, pick(random, LENGTHS)));
    }
    Buffer status = guarded(queue, 1);
    queue.memory().writeByte(status.gpa(), (byte) 0xff);
    chain.add(status);
    Buffer[] buffers = chain.toArray(new Buffer[0]);
    if (random.nextBoolean()) {
      queue.addIndirect(buffers);
    } else {
      queue.add(buffers);
    }
    return status;
  }

  private Buffer guarded(DriverQueue queue, int length) {
    Buffer buffer = queue.writable(length);
    byte[] guard = new byte[CANARY];
    Arrays.fill(guard, (byte) 0xa5);
    canaries.add(queue.readable(guard).gpa());
    return buffer;
  }

  private void checkCanaries(GuestMemory memory) {
    byte[] expected = new byte[CANARY];
    Arrays.fill(expected, (byte) 0xa5);
    byte[] there = new byte[CANARY];
    for (long gpa : canaries) {
      memory.read(gpa, there, 0, CANARY);
      assertArrayEquals(expected, there, () -> "at 0x%x".formatted(gpa));
    }
  }

  private static void awaitUsed(BlkDriver driver, DriverQueue queue, String where) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    driver.device.service(0);
    while (queue.poll() == null) {
      assertTrue(System.nanoTime() < deadline, "not done within a minute: " + where);
      Thread.yield();
      driver.device.service(0);
    }
  }

  private VirtioDisk device(String kind, Path file) {
    BlkConfig config =
        new BlkConfig("disk0", 1, BlkDriver.QUEUE_SIZE, RateLimiter.UNLIMITED, "serial");
    return VirtioDisk.create(config, disk(kind, file), System::nanoTime, BlkDriver.NO_TIMER);
  }

  private static Disk disk(String kind, Path file) {
    if (kind.equals("memory")) {
      return new BackendDisk("disk0", BlockBackend.inMemory(SIZE), false);
    }
    DiskEngine engine = kind.equals("io_uring") ? DiskEngine.IO_URING : DiskEngine.SYNC;
    return FileDisks.open(
        new DiskSpec("disks[0]", "disk0", file, null, false, false, 1, 64, "serial", engine));
  }

  private static long sector(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> random.nextLong();
      case 1 -> SECTORS - 1L;
      case 2 -> SECTORS;
      case 3 -> Long.MAX_VALUE;
      default -> random.nextInt(SECTORS);
    };
  }

  private static int pick(Random random, int[] values) {
    return values[random.nextInt(values.length)];
  }
}
