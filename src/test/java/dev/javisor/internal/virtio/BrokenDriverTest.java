package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rings and chains that break the rules of virtio 1.3 §2.7, one rule each. */
class BrokenDriverTest {
  private static final long RAM = 4 << 20;
  private static final int SIZE = 8;
  private static final int NEXT = DriverQueue.NEXT;
  private static final int WRITE = DriverQueue.WRITE;
  private static final int INDIRECT = DriverQueue.INDIRECT;

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(RAM, false, false, false, false), 0xC000_0000L);
  private final DriverQueue driver = new DriverQueue(memory, 0x1000, SIZE);
  private final VirtQueue queue = driver.device(VirtioFeatures.INDIRECT_DESC, () -> {});
  private final long buffer = driver.allocate(4096);

  @AfterEach
  void closeMemory() {
    memory.close();
  }

  private void assertBroken() {
    assertThrows(BrokenDriverException.class, queue::pop);
    assertEquals(0, queue.underWay());
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 100, 0x8000, 0xffff})
  void shouldRefuse_whenTheAvailableIndexJumps(int index) {
    driver.availableIndex(index);

    assertThrows(BrokenDriverException.class, queue::hasAvailable);
    assertThrows(BrokenDriverException.class, queue::enableNotifications);
    assertBroken();
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 0x7fff, 0xffff})
  void shouldRefuse_whenAHeadIsNoDescriptor(int head) {
    driver.offer(head);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenAHeadIsUnderWay() {
    driver.descriptor(0, buffer, 16, WRITE, 0);
    driver.offer(0);
    driver.offer(0);

    assertNotNull(queue.pop());
    assertThrows(BrokenDriverException.class, queue::pop);
  }

  @Test
  void shouldRefuse_whenAChainIsALoop() {
    driver.descriptor(0, buffer, 16, NEXT, 1);
    driver.descriptor(1, buffer, 16, NEXT, 0);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenAnIndirectTableIsALoop() {
    long table = driver.allocate(32);
    driver.descriptorAt(table, buffer, 0, NEXT, 1);
    driver.descriptorAt(table + 16, buffer, 0, NEXT, 0);
    driver.descriptor(0, table, 32, INDIRECT, 0);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenAnIndirectTableHasMoreThan1024Descriptors() {
    long table = driver.allocate(16 * 1025);
    for (int i = 0; i < 1025; i++) {
      driver.descriptorAt(table + 16L * i, buffer, 1, i == 1024 ? 0 : NEXT, i + 1);
    }
    driver.descriptor(0, table, 16 * 1025, INDIRECT, 0);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenNextIsNoDescriptor() {
    driver.descriptor(0, buffer, 16, NEXT, SIZE);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenNextLeavesTheIndirectTable() {
    long table = driver.allocate(16);
    driver.descriptorAt(table, buffer, 16, NEXT, 1);
    driver.descriptor(0, table, 16, INDIRECT, 0);
    driver.offer(0);

    assertBroken();
  }

  @ParameterizedTest
  @ValueSource(longs = {RAM, RAM - 15, 0xC000_0000L, 0xFEE0_0000L, -1, -16, Long.MIN_VALUE})
  void shouldRefuse_whenABufferIsNotRam(long gpa) {
    driver.descriptor(0, gpa, 16, 0, 0);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenABufferIsLongerThanRam() {
    driver.descriptor(0, buffer, -1, WRITE, 0);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenABufferToReadFollowsOneToWrite() {
    driver.descriptor(0, buffer, 16, WRITE | NEXT, 1);
    driver.descriptor(1, buffer, 16, 0, 0);
    driver.offer(0);

    assertBroken();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 8, 15, 17, 0x10_0000 - 8, -16})
  void shouldRefuse_whenAnIndirectTableIsOfNoSize(int length) {
    driver.descriptor(0, buffer, length, INDIRECT, 0);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenAnIndirectTableIsNotRam() {
    driver.descriptor(0, RAM, 16, INDIRECT, 0);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenAnIndirectDescriptorGoesOn() {
    driver.descriptor(0, buffer, 16, INDIRECT | NEXT, 1);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenAnIndirectTableHasAnIndirectDescriptor() {
    long table = driver.allocate(16);
    driver.descriptorAt(table, table, 16, INDIRECT, 0);
    driver.descriptor(0, table, 16, INDIRECT, 0);
    driver.offer(0);

    assertBroken();
  }

  @Test
  void shouldRefuse_whenIndirectDescriptorsWereNotNegotiated() {
    VirtQueue plain = driver.device(0, () -> {});
    long table = driver.allocate(16);
    driver.descriptorAt(table, buffer, 16, 0, 0);
    driver.descriptor(0, table, 16, INDIRECT, 0);
    driver.offer(0);

    assertThrows(BrokenDriverException.class, plain::pop);
  }
}
