package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.DriverQueue.Used;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VirtQueueTest {
  private static final long RAM = 4 << 20;
  private static final int SIZE = 8;
  private static final long INDIRECT = VirtioFeatures.INDIRECT_DESC;
  private static final long EVENT_IDX = VirtioFeatures.EVENT_IDX;

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(RAM, false, false, false, false), 0xC000_0000L);
  private final DriverQueue driver = new DriverQueue(memory, 0x1000, SIZE);
  private final AtomicInteger interrupts = new AtomicInteger();

  @AfterEach
  void closeMemory() {
    memory.close();
  }

  private VirtQueue queue(long features) {
    return driver.device(features, interrupts::incrementAndGet);
  }

  private static DescriptorChain pop(VirtQueue queue) {
    DescriptorChain chain = queue.pop();
    assertNotNull(chain);
    return chain;
  }

  @Test
  void shouldFindNothing_whenNothingIsAvailable() {
    VirtQueue queue = queue(0);

    assertNull(queue.pop());
    assertFalse(queue.hasAvailable());
  }

  @Test
  void shouldCarryARequestAndItsAnswer() {
    VirtQueue queue = queue(0);
    Buffer answer = driver.writable(8);
    int head = driver.add(driver.readable("request"), answer);

    DescriptorChain chain = pop(queue);
    byte[] request = new byte[7];
    chain.readable().read(0, request, 0, 7);
    chain.writable().write(0, "answered".getBytes(StandardCharsets.UTF_8), 0, 8);
    queue.push(chain, 8);

    assertEquals("request", new String(request, StandardCharsets.UTF_8));
    assertNull(driver.poll(), "not shown before the flush");
    assertTrue(queue.flush());
    assertEquals(new Used(head, 8), driver.take());
    assertArrayEquals("answered".getBytes(StandardCharsets.UTF_8), driver.bytes(answer));
    assertEquals(1, interrupts.get());
    assertEquals(0, queue.underWay());
  }

  @Test
  void shouldJoinBuffersIntoOneString() {
    VirtQueue queue = queue(0);
    driver.add(
        driver.readable(new byte[] {1, 2, 3}),
        driver.readable(new byte[] {4, 5, 6, 7, 8, 9}),
        driver.readable(new byte[] {10}),
        driver.writable(1),
        driver.writable(3));

    DescriptorChain chain = pop(queue);

    assertEquals(10, chain.readable().bytes());
    assertEquals(3, chain.readable().count());
    assertEquals(0x0403_0201, chain.readable().readInt(0));
    assertEquals(0x0807_0605, chain.readable().readInt(4));
    assertEquals(0x0A09_0807_0605_0403L, chain.readable().readLong(2));
    assertEquals(10, chain.readable().readByte(9));
    assertEquals(4, chain.writable().bytes());
    chain.writable().writeByte(3, (byte) 7);
    assertEquals(7, memory.readByte(chain.writable().gpa(1) + 2));
    assertThrows(BrokenDriverException.class, () -> chain.readable().readLong(3));
    assertThrows(BrokenDriverException.class, () -> chain.writable().writeByte(4, (byte) 0));
  }

  @Test
  void shouldGiveBuffersToSystemCallsInPlace() {
    VirtQueue queue = queue(0);
    Buffer first = driver.writable(16);
    Buffer second = driver.writable(16);
    driver.allocate(16);
    Buffer third = driver.writable(100);
    driver.add(first, second, third);
    IoVector vector = new IoVector(2);

    DescriptorChain chain = pop(queue);

    assertTrue(chain.addWritable(vector, 10, 30));
    assertEquals(2, vector.count(), "neighbours share an entry");
    assertEquals(memory.hva(first.gpa() + 10, 22), vector.hva(0));
    assertEquals(22, vector.length(0));
    assertEquals(8, vector.length(1));
    vector.advance(25);
    assertEquals(1, vector.count());
    assertEquals(memory.hva(third.gpa() + 3, 5), vector.hva(0));
    assertEquals(5, vector.bytes());
    assertThrows(BrokenDriverException.class, () -> chain.addWritable(vector, 100, 33));
  }

  @Test
  void shouldCompleteOutOfOrder() {
    VirtQueue queue = queue(0);
    int a = driver.add(driver.writable(1));
    int b = driver.add(driver.writable(1));
    int c = driver.add(driver.writable(1));
    DescriptorChain first = pop(queue);
    DescriptorChain second = pop(queue);
    DescriptorChain third = pop(queue);

    queue.push(third, 3);
    queue.push(first, 1);
    queue.push(second, 2);
    queue.flush();

    assertEquals(new Used(c, 3), driver.take());
    assertEquals(new Used(a, 1), driver.take());
    assertEquals(new Used(b, 2), driver.take());
    assertEquals(1, interrupts.get(), "one for all");
  }

  @Test
  void shouldReuseTheChainOfAHead() {
    VirtQueue queue = queue(0);
    driver.add(driver.writable(1));
    DescriptorChain first = pop(queue);
    queue.push(first, 0);
    queue.flush();
    driver.take();

    driver.add(driver.writable(2));

    assertSame(first, pop(queue));
    assertEquals(2, first.writable().bytes());
  }

  @Test
  void shouldGoRoundTheRingAndTheIndices() {
    VirtQueue queue = queue(EVENT_IDX);
    for (int i = 0; i < 70_000; i++) {
      driver.usedEvent(i);
      driver.add(driver.writable(0));
      queue.push(pop(queue), i);
      assertTrue(queue.flush(), "interrupt " + i);
      assertEquals(i, driver.take().written());
      assertFalse(queue.enableNotifications());
      assertEquals((i + 1) & 0xffff, driver.availableEvent());
    }
  }

  @Test
  void shouldFollowIndirectTables() {
    VirtQueue queue = queue(INDIRECT);
    Buffer[] direct = {driver.readable("he")};
    driver.addIndirect(direct, new Buffer[] {driver.readable("ad"), driver.writable(5)});

    DescriptorChain chain = pop(queue);

    assertEquals(4, chain.readable().bytes());
    assertEquals('a', chain.readable().readByte(2));
    assertEquals(5, chain.writable().bytes());
  }

  @Test
  void shouldTakeAnIndirectTableThatIsLongerThanTheQueue() {
    VirtQueue queue = queue(INDIRECT);
    Buffer[] many = new Buffer[40];
    for (int i = 0; i < many.length; i++) {
      many[i] = driver.writable(i + 1);
    }
    driver.addIndirect(many);

    DescriptorChain chain = pop(queue);

    assertEquals(40, chain.writable().count());
    assertEquals(820, chain.writable().bytes());
    assertEquals(40, chain.writable().length(39));
  }

  @Test
  void shouldSkipEmptyBuffers() {
    VirtQueue queue = queue(0);
    driver.add(driver.readable(""), driver.readable("x"), driver.writable(0));

    DescriptorChain chain = pop(queue);

    assertEquals(1, chain.readable().count());
    assertEquals('x', chain.readable().readByte(0));
    assertEquals(0, chain.writable().bytes());
  }

  @Test
  void shouldReturnTheSameChainAgain_whenItWasNotWanted() {
    VirtQueue queue = queue(0);
    driver.add(driver.writable(1));
    DescriptorChain chain = pop(queue);

    queue.undoPop(chain);

    assertEquals(0, queue.underWay());
    assertTrue(queue.hasAvailable());
    assertSame(chain, pop(queue));
  }

  @Test
  void shouldSuppressInterrupts_whenTheDriverWantsNone() {
    VirtQueue queue = queue(0);
    driver.noInterrupt(true);
    driver.add(driver.writable(1));
    queue.push(pop(queue), 0);

    assertFalse(queue.flush());

    assertEquals(0, interrupts.get());
    driver.take();
  }

  /** used_event is the position of the entry whose completion is to interrupt: §2.7.7.2. */
  @ParameterizedTest
  @CsvSource({"0, true", "1, true", "2, true", "3, false", "65535, false"})
  void shouldInterrupt_whenTheUsedIndexPassesTheEvent(int event, boolean expected) {
    VirtQueue queue = queue(EVENT_IDX);
    driver.usedEvent(0);
    driver.add(driver.writable(1));
    queue.push(pop(queue), 0);
    queue.flush();
    driver.take();
    driver.usedEvent(event + 1);
    for (int i = 0; i < 3; i++) {
      driver.add(driver.writable(1));
      queue.push(pop(queue), 0);
    }

    assertEquals(expected, queue.flush());
  }

  @Test
  void shouldNotInterruptTwice_whenNothingNewWasPushed() {
    VirtQueue queue = queue(0);
    driver.add(driver.writable(1));
    queue.push(pop(queue), 0);
    queue.flush();

    assertFalse(queue.flush());

    assertEquals(1, interrupts.get());
  }

  @Test
  void shouldSeeWhatCameBeforeNotificationsWereEnabled() {
    VirtQueue queue = queue(0);
    queue.disableNotifications();
    assertTrue(driver.noNotify());
    driver.add(driver.writable(1));

    assertTrue(queue.enableNotifications());

    assertFalse(driver.noNotify());
    pop(queue);
    assertFalse(queue.enableNotifications());
  }

  @Test
  void shouldAskForNotificationsOnlyInTheEnd_whenThatIsPutOff() {
    VirtQueue queue = queue(0);
    queue.deferNotifications();
    queue.disableNotifications();

    assertFalse(queue.enableNotifications());
    assertTrue(driver.noNotify());
    assertFalse(queue.hasAwaited());
    assertFalse(queue.listen());

    assertFalse(driver.noNotify());
  }

  @Test
  void shouldLeaveTheEventBehind_whenNotificationsArePutOff() {
    VirtQueue queue = queue(EVENT_IDX);
    queue.deferNotifications();
    for (int i = 0; i < 3; i++) {
      driver.add(driver.writable(1));
      assertEquals(i > 0, queue.hasAwaited(), "only once somebody waits");
      queue.disableNotifications();
      queue.push(pop(queue), 0);
      assertFalse(queue.enableNotifications());
      assertEquals(0, driver.availableEvent());
    }

    assertFalse(queue.listen());

    assertEquals(3, driver.availableEvent());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, EVENT_IDX})
  void shouldSeeWhatCameBeforeItListened(long features) {
    VirtQueue queue = queue(features);
    queue.deferNotifications();
    queue.disableNotifications();
    assertFalse(queue.enableNotifications());
    driver.add(driver.writable(1));

    assertTrue(queue.hasAwaited());
    assertTrue(queue.listen());

    assertFalse(queue.hasAwaited(), "nobody waits any more");
    assertFalse(queue.listen());
  }

  @Test
  void shouldNotListen_whenTheDeviceDoesNotWaitForChains() {
    VirtQueue queue = queue(0);
    queue.deferNotifications();
    queue.disableNotifications();
    driver.add(driver.writable(1));

    assertFalse(queue.hasAwaited());
    assertFalse(queue.listen());

    assertTrue(driver.noNotify());
  }

  @Test
  void shouldGoOnFromASavedPosition() {
    VirtQueue queue = queue(0);
    for (int i = 0; i < 5; i++) {
      driver.add(driver.writable(1));
      queue.push(pop(queue), 0);
      queue.flush();
      driver.take();
    }
    int head = driver.add(driver.writable(9));

    VirtQueue restored =
        new VirtQueue(memory, 0, driver.config(), 0, queue.position(), interrupts::incrementAndGet);
    restored.push(pop(restored), 9);

    assertTrue(restored.flush());
    assertEquals(new Used(head, 9), driver.take());
    assertEquals(new QueuePosition(6, 6), restored.position());
  }

  @ParameterizedTest
  @CsvSource({
    "8, 0x1008, 0x2000, 0x3000", // table not aligned to 16
    "8, 0x1000, 0x2001, 0x3000", // available ring not aligned to 2
    "8, 0x1000, 0x2000, 0x3002", // used ring not aligned to 4
    "8, 0x3FFF90, 0x2000, 0x3000", // table runs out of RAM
    "8, 0x1000, 0x3FFFEC, 0x3000", // available ring runs out of RAM
    "8, 0x1000, 0x2000, 0x3FFFBC", // used ring runs out of RAM
    "8, 0xFFFFFFFFFFFFFFF0, 0x2000, 0x3000",
    "8, 0xC0000000, 0x2000, 0x3000", // in a device's space
    "0, 0x1000, 0x2000, 0x3000",
    "3, 0x1000, 0x2000, 0x3000",
    "65536, 0x1000, 0x2000, 0x3000",
  })
  void shouldRefuseRingsThatCannotBe(int size, String table, String available, String used) {
    QueueConfig config = new QueueConfig(size, gpa(table), gpa(available), gpa(used));

    assertThrows(
        BrokenDriverException.class,
        () -> new VirtQueue(memory, 0, config, 0, QueuePosition.START, () -> {}));
  }

  private static long gpa(String text) {
    return Long.parseUnsignedLong(text.substring(2), 16);
  }
}
