package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EntropyDeviceTest {
  private static final int NEEDS_RESET = VirtioDriver.NEEDS_RESET;

  private final List<Runnable> scheduled = new ArrayList<>();
  private final FakeSource source = new FakeSource();
  private final VirtioDriver<EntropyState> driver =
      new VirtioDriver<>(
          VirtioDevices.entropy(
              "rng0",
              source,
              (delay, task) -> {
                scheduled.add(task);
                return () -> scheduled.remove(task);
              }));

  @AfterEach
  void close() {
    driver.close();
    assertTrue(source.closed);
  }

  /** Counts up, and says where the bytes were to go. */
  private static final class FakeSource implements EntropySource {
    final List<Long> asked = new ArrayList<>();
    GuestMemory memory;
    long gpa;
    int limit = Integer.MAX_VALUE;
    boolean closed;

    @Override
    public int fill(IoVector target) {
      asked.add(target.bytes());
      int count = (int) Math.min(limit, target.bytes());
      for (int i = 0; i < count; i++) {
        memory.writeByte(gpa + i, (byte) (i + 1));
      }
      return count;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private DriverQueue start() {
    driver.start(0, 8);
    source.memory = driver.memory();
    return driver.queue(0);
  }

  @Test
  void shouldBeAnEntropyDevice() {
    assertEquals(0x1044, driver.pci().read(1, 2, 2));
  }

  @Test
  void shouldFillABuffer() {
    DriverQueue queue = start();
    Buffer buffer = queue.writable(4);
    source.gpa = buffer.gpa();
    queue.add(buffer);

    driver.kick(0);

    assertEquals(4, queue.take().written());
    assertArrayEquals(new byte[] {1, 2, 3, 4}, queue.bytes(buffer));
    assertEquals(List.of(1), driver.interrupts());
  }

  @Test
  void shouldSayHowManyBytesTheSourceGave() {
    DriverQueue queue = start();
    Buffer buffer = queue.writable(100);
    source.gpa = buffer.gpa();
    source.limit = 3;
    queue.add(buffer);

    driver.kick(0);

    assertEquals(3, queue.take().written());
  }

  @Test
  void shouldGive64KibAtMost() {
    DriverQueue queue = start();
    Buffer buffer = queue.writable(1 << 20);
    source.gpa = buffer.gpa();
    queue.add(buffer);

    driver.kick(0);

    assertEquals(64 << 10, queue.take().written());
    assertEquals(List.of(65536L), source.asked);
  }

  @Test
  void shouldGiveWhatFits_whenARequestIsInManyPieces() {
    driver.start(VirtioFeatures.INDIRECT_DESC, 8);
    source.memory = driver.memory();
    DriverQueue queue = driver.queue(0);
    Buffer[] pieces = new Buffer[100];
    for (int i = 0; i < pieces.length; i++) {
      pieces[i] = queue.writable(1);
    }
    source.gpa = queue.allocate(4096);
    queue.addIndirect(pieces);

    driver.kick(0);

    assertEquals(64, queue.take().written());
  }

  @Test
  void shouldAnswerRequestsWithoutRoom() {
    DriverQueue queue = start();
    queue.add(queue.readable("no room"));

    driver.kick(0);

    assertEquals(0, queue.take().written());
    assertEquals(List.of(), source.asked);
  }

  @Test
  void shouldAskAgainLater_whenTheSourceHasNothing() {
    DriverQueue queue = start();
    Buffer buffer = queue.writable(8);
    source.gpa = buffer.gpa();
    source.limit = 0;
    queue.add(buffer);
    driver.kick(0);
    driver.kick(0);
    assertNull(queue.poll());
    assertEquals(1, scheduled.size(), "however often the driver kicks");

    source.limit = 8;
    scheduled.remove(0).run();
    driver.workers().run();

    assertEquals(8, queue.take().written());
  }

  @Test
  void shouldNeedAReset_whenTheSourceFails() {
    DriverQueue queue = start();
    source.limit = EntropySource.FAILED;
    queue.add(queue.writable(8));

    driver.kick(0);

    assertNull(queue.poll());
    assertTrue((driver.status() & NEEDS_RESET) != 0);
  }

  @Test
  void shouldServeOneRequestAfterTheOther() {
    DriverQueue queue = start();
    source.gpa = queue.allocate(4096);
    for (int round = 0; round < 1000; round++) {
      queue.add(new Buffer(source.gpa, 16, true));
      driver.kick(0);
      assertEquals(16, queue.take().written());
    }
  }

  @Test
  void shouldGoOn_whenItsStateIsRestoredElsewhere() {
    DriverQueue queue = start();
    source.gpa = queue.allocate(4096);
    source.limit = 0;
    queue.add(new Buffer(source.gpa, 16, true));
    driver.kick(0);

    VirtioPciState<EntropyState> state = driver.pauseAndSave();
    FakeSource full = new FakeSource();
    full.memory = driver.memory();
    full.gpa = source.gpa;
    try (VirtioDriver<EntropyState> next =
        new VirtioDriver<>(
            VirtioDevices.entropy("rng0", full, (delay, task) -> () -> {}),
            new ManualWorkers(),
            driver.memory())) {
      next.device().quiesce();
      next.device().restore(state);
      next.device().resume();
      next.workers().run();

      assertEquals(16, queue.take().written());
    }
  }
}
