package dev.javisor.internal.virtio.blk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.virtio.BrokenDriverException;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A driver that asks a disk for whatever chance says, most of it senseless. It fails if a request
 * is not answered, or if anything is written but what a request allows.
 */
final class HostileBlkDriver implements AutoCloseable {
  /** The size of the disk that it takes itself to drive. */
  static final int DISK_BYTES = 1 << 20;

  private static final int REQUESTS = 100;
  private static final int SECTORS = DISK_BYTES / 512;
  private static final int CANARY = 64;
  private static final int[] TYPES = {0, 0, 1, 1, 4, 8, 11, 11, 13, 13, 2, 14, -1};
  private static final int[] LENGTHS = {0, 1, 15, 16, 17, 20, 31, 32, 511, 512, 513, 4096, 70_000};

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(64 << 20, false, false, false, false), 0xC000_0000L);
  private final BlkDriver driver;
  private final DriverQueue queue;
  private final List<Long> canaries = new ArrayList<>();
  private int answered;
  private int broken;

  /**
   * @param device which it closes
   */
  HostileBlkDriver(VirtioDisk device) {
    driver = new BlkDriver(memory, device, -1L);
    queue = driver.queues.get(0);
  }

  /** Makes up to 100 requests, until one breaks the rules. */
  void play(Random random, BooleanSupplier more) {
    try {
      for (int i = 0; i < REQUESTS && more.getAsBoolean(); i++) {
        Buffer status = offer(random);
        awaitUsed();
        int value = queue.bytes(status)[0] & 0xff;
        assertTrue(value <= 2, "status " + value);
        answered++;
      }
    } catch (BrokenDriverException e) {
      broken++;
    }
    checkCanaries();
  }

  /** Requests that were answered. */
  int answered() {
    return answered;
  }

  /** Requests that broke the rules: 1 at most. */
  int broken() {
    return broken;
  }

  @Override
  public void close() {
    driver.close();
    memory.close();
  }

  private Buffer offer(Random random) {
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
      chain.add(guarded(pick(random, LENGTHS)));
    }
    Buffer status = guarded(1);
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

  private Buffer guarded(int length) {
    Buffer buffer = queue.writable(length);
    byte[] guard = new byte[CANARY];
    Arrays.fill(guard, (byte) 0xa5);
    canaries.add(queue.readable(guard).gpa());
    return buffer;
  }

  private void checkCanaries() {
    byte[] expected = new byte[CANARY];
    Arrays.fill(expected, (byte) 0xa5);
    byte[] there = new byte[CANARY];
    for (long gpa : canaries) {
      memory.read(gpa, there, 0, CANARY);
      assertArrayEquals(expected, there, () -> "at 0x%x".formatted(gpa));
    }
  }

  private void awaitUsed() {
    long deadline = System.nanoTime() + 60_000_000_000L;
    driver.device.service(0);
    while (queue.poll() == null) {
      assertTrue(System.nanoTime() < deadline, "not done within a minute");
      Thread.yield();
      driver.device.service(0);
    }
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
