package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * What must hold whatever a driver writes into its rings: a device's side throws nothing but {@link
 * BrokenDriverException}, comes to an end, hands out RAM only, and changes nothing but its own
 * ring.
 *
 * <p>A driver is a string of bytes: a small program of writes, so that chance, a fuzzer, or a file
 * can write one.
 */
final class HostileRing implements AutoCloseable {
  private static final int RAM = 64 << 10;
  private static final long LOW_RAM = RAM / 2;
  private static final int SIZE = 8;
  private static final long TABLE = 0x1000;
  private static final long BUFFERS = 0x4000;
  private static final long[] ADDRESSES = {
    BUFFERS,
    TABLE,
    TABLE + 16,
    0,
    LOW_RAM - 16,
    LOW_RAM - 1,
    LOW_RAM,
    0xC000_0000L,
    0xFEE0_0000L,
    GuestRam.ABOVE_HOLE,
    GuestRam.ABOVE_HOLE + LOW_RAM - 8,
    GuestRam.ABOVE_HOLE + LOW_RAM,
    -1,
    -16,
    Long.MIN_VALUE,
    Long.MAX_VALUE
  };
  private static final int[] LENGTHS = {
    0, 1, 15, 16, 32, 512, 4096, 1 << 15, 1 << 16, Integer.MAX_VALUE, Integer.MIN_VALUE, -1, -16
  };

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(RAM, false, false, false, false), LOW_RAM);

  @Override
  public void close() {
    memory.close();
  }

  /** Plays a driver and the device against each other. */
  void play(byte[] program) {
    memory.discard();
    Choices choices = new Choices(program);
    long features = choices.bits(2) * VirtioFeatures.INDIRECT_DESC;
    DriverQueue driver = new DriverQueue(memory, TABLE, SIZE);
    VirtQueue device = driver.device(features, () -> {});
    Deque<DescriptorChain> held = new ArrayDeque<>();
    try {
      while (!choices.exhausted()) {
        write(driver, choices);
        if (choices.bits(2) == 0) {
          byte[] before = ram();
          work(device, held, choices);
          assertOnlyTheUsedRingChanged(driver, before);
        }
      }
    } catch (BrokenDriverException expected) {
      assertTrue(expected.getStackTrace().length == 0, "cheap");
    }
    assertEquals(held.size(), device.underWay());
  }

  private void write(DriverQueue driver, Choices choices) {
    switch (choices.bits(4)) {
      case 0 -> driver.availableIndex(choices.bits(16));
      case 1, 2, 3, 4, 5 -> driver.offer(choices.bits(3));
      case 6 -> driver.offer(choices.bits(16));
      case 7 -> driver.usedEvent(choices.bits(16));
      case 8 -> driver.noInterrupt(choices.bits(1) == 1);
      case 9 -> memory.writeLong(choices.bits(12) * 8L, choices.bits(32) * 0x1_0001_0001L);
      case 10 ->
          driver.descriptorAt(
              BUFFERS + 16L * choices.bits(4),
              address(choices),
              length(choices),
              choices.bits(3),
              choices.bits(4));
      case 11 ->
          driver.descriptor(
              choices.bits(3), address(choices), length(choices), 4, choices.bits(16));
      default ->
          driver.descriptor(
              choices.bits(3),
              address(choices),
              length(choices),
              choices.bits(choices.bits(1) == 0 ? 2 : 16),
              choices.bits(choices.bits(2) == 0 ? 16 : 3));
    }
  }

  private static long address(Choices choices) {
    return choices.bits(1) == 0
        ? BUFFERS + choices.bits(12)
        : ADDRESSES[choices.bits(4) % ADDRESSES.length];
  }

  private static int length(Choices choices) {
    return choices.bits(1) == 0 ? choices.bits(8) : LENGTHS[choices.bits(4) % LENGTHS.length];
  }

  private void work(VirtQueue device, Deque<DescriptorChain> held, Choices choices) {
    device.disableNotifications();
    for (int i = 0; i < SIZE; i++) {
      DescriptorChain chain = device.pop();
      if (chain == null) {
        break;
      }
      held.add(chain);
      assertSound(chain);
    }
    for (int keep = choices.bits(2); held.size() > keep; ) {
      DescriptorChain done = choices.bits(1) == 0 ? held.removeFirst() : held.removeLast();
      device.push(done, done.writable().bytes());
    }
    device.flush();
    device.enableNotifications();
  }

  private void assertSound(DescriptorChain chain) {
    assertTrue(chain.head() >= 0 && chain.head() < SIZE);
    assertEquals(bytes(chain.readable()), chain.readable().bytes());
    assertEquals(bytes(chain.writable()), chain.writable().bytes());
    assertTrue(chain.readable().count() + chain.writable().count() <= 1024);
  }

  private long bytes(BufferList buffers) {
    long sum = 0;
    for (int i = 0; i < buffers.count(); i++) {
      assertTrue(buffers.length(i) > 0);
      assertTrue(memory.contains(buffers.gpa(i), buffers.length(i)), "all of it is RAM");
      sum += buffers.length(i);
    }
    return sum;
  }

  private byte[] ram() {
    byte[] bytes = new byte[RAM];
    memory.read(0, bytes, 0, (int) LOW_RAM);
    memory.read(GuestRam.ABOVE_HOLE, bytes, (int) LOW_RAM, RAM - (int) LOW_RAM);
    return bytes;
  }

  private void assertOnlyTheUsedRingChanged(DriverQueue driver, byte[] before) {
    byte[] after = ram();
    int start = (int) driver.config().deviceArea();
    int end = start + (int) driver.config().deviceBytes();
    assertTrue(Arrays.equals(before, 0, start, after, 0, start));
    assertTrue(Arrays.equals(before, end, RAM, after, end, RAM));
  }

  /** Numbers from a string of bytes; zeros behind its end. */
  static final class Choices {
    private final byte[] bytes;
    private int next;

    Choices(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean exhausted() {
      return next >= bytes.length;
    }

    int bits(int count) {
      int value = 0;
      for (int have = 0; have < count; have += 8) {
        value |= (exhausted() ? 0 : bytes[next++] & 0xff) << have;
      }
      return count == 32 ? value : value & ((1 << count) - 1);
    }
  }
}
