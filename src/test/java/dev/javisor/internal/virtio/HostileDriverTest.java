package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers by chance, each by a seed that a failure names. */
class HostileDriverTest {
  private static final int SIZE = 8;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldSurviveHostileRings(long seed) {
    try (HostileRing ring = new HostileRing()) {
      Random random = new Random(seed);
      for (int i = 0; i < 500; i++) {
        byte[] program = new byte[random.nextInt(400)];
        random.nextBytes(program);
        ring.play(program);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldSurviveHostileRegisterAccesses(long seed) {
    try (HostileDriver driver = new HostileDriver()) {
      Random random = new Random(seed);
      for (int i = 0; i < 100; i++) {
        byte[] program = new byte[random.nextInt(500)];
        random.nextBytes(program);
        driver.play(program);
      }
    }
  }

  @Test
  void shouldHandOutRamOnly_whenChainsChangeUnderItsFeet() throws InterruptedException {
    try (GuestMemory memory =
        GuestRam.map(new RamSpec(1 << 20, false, false, false, false), 0xC000_0000L)) {
      DriverQueue driver = new DriverQueue(memory, 0x1000, SIZE);
      long table = driver.allocate(16 * SIZE);
      AtomicBoolean stop = new AtomicBoolean();
      Thread changer = new Thread(() -> change(driver, table, stop), "changer");
      changer.start();
      int broken = 0;
      int sound = 0;
      try {
        for (int i = 0; i < 20_000 || broken == 0 || sound == 0; i++) {
          VirtQueue device = driver.device(VirtioFeatures.INDIRECT_DESC, () -> {});
          driver.availableIndex(1);
          try {
            DescriptorChain chain = device.pop();
            assertTrue(chain != null);
            assertRamOnly(memory, chain.readable());
            assertRamOnly(memory, chain.writable());
            device.push(chain, 0);
            sound++;
          } catch (BrokenDriverException e) {
            broken++;
          }
        }
      } finally {
        stop.set(true);
        changer.join();
      }
    }
  }

  private static void assertRamOnly(GuestMemory memory, BufferList buffers) {
    long sum = 0;
    for (int i = 0; i < buffers.count(); i++) {
      assertTrue(memory.contains(buffers.gpa(i), buffers.length(i)));
      sum += buffers.length(i);
    }
    assertEquals(sum, buffers.bytes());
  }

  private static void change(DriverQueue driver, long table, AtomicBoolean stop) {
    Random random = new Random(5);
    long[] addresses = {0x8000, 0xC000_0000L, -16, 1 << 20, (1 << 20) - 64};
    int[] lengths = {64, 0, -1, 1 << 20};
    while (!stop.get()) {
      int slot = random.nextInt(SIZE);
      long at = random.nextBoolean() ? driver.config().descriptorArea() : table;
      boolean tame = random.nextInt(4) > 0;
      if (at != table && random.nextInt(8) == 0) {
        driver.descriptorAt(at + 16L * slot, table, 16 * random.nextInt(SIZE + 1), 4, 0);
      } else {
        driver.descriptorAt(
            at + 16L * slot,
            tame ? 0x8000 : addresses[random.nextInt(addresses.length)],
            tame ? 64 : lengths[random.nextInt(lengths.length)],
            random.nextInt(4),
            random.nextInt(SIZE));
      }
    }
  }
}
