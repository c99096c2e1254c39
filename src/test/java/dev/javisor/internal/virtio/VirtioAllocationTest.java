package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.IoVector;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests of entropy devices and consoles leave no garbage. */
class VirtioAllocationTest {
  private static final int SIZE = 64;
  private static final int DEPTH = 16;
  private static final int TURNS = 500;
  private static final int ROUNDS = 5;

  /** For all of a round's requests: what the virtual machine does by itself on the thread. */
  private static final long MOST_BYTES = 4096;

  private final GuestMemory memory =
      GuestRam.map(new RamSpec(8 << 20, false, false, false, false), 0xC000_0000L);

  @AfterEach
  void closeMemory() {
    memory.close();
  }

  /** A transport that nobody listens to. */
  private static final class Transport implements VirtioTransport {
    @Override
    public void wake(int worker) {}

    @Override
    public void changeConfig(Runnable change) {
      change.run();
    }

    @Override
    public void needsReset(String why) {
      throw new AssertionError(why);
    }
  }

  private DriverQueue start(VirtioDevice<?> device, int index) {
    DriverQueue queue = new DriverQueue(memory, (1 + index) << 20, SIZE);
    QueueConfig config = queue.config();
    device.startQueue(
        new VirtQueue(memory, index, config, VirtioFeatures.COMMON, QueuePosition.START, () -> {}));
    return queue;
  }

  /** Has requests served again and again; fails if each round leaves garbage. */
  private static void serve(DriverQueue queue, Buffer buffer, Runnable service) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      least = Math.min(least, allocated(queue, buffer, service));
    }
    assertTrue(least <= MOST_BYTES, least + " bytes for " + TURNS * DEPTH);
  }

  private static long allocated(DriverQueue queue, Buffer buffer, Runnable service) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = 0;
    for (int turn = 0; turn < TURNS; turn++) {
      for (int i = 0; i < DEPTH; i++) {
        queue.add(buffer);
      }
      for (int done = 0; done < DEPTH; ) {
        long before = threads.getCurrentThreadAllocatedBytes();
        service.run();
        allocated += threads.getCurrentThreadAllocatedBytes() - before;
        while (queue.poll() != null) {
          done++;
        }
      }
    }
    return allocated;
  }

  @Test
  void shouldAllocateNothing_whenEntropyIsAskedFor() {
    EntropySource source =
        new EntropySource() {
          @Override
          public int fill(IoVector target) {
            return (int) target.bytes();
          }

          @Override
          public void close() {}
        };
    VirtioDevice<EntropyState> device =
        VirtioDevices.entropy(
            "rng0",
            source,
            (delay, task) -> {
              throw new AssertionError("there is enough");
            });
    device.attach(new Transport());
    DriverQueue queue = start(device, 0);

    serve(queue, queue.writable(4096), () -> device.service(0));
  }

  @Test
  void shouldAllocateNothing_whenTheGuestPrints() {
    VirtioConsole device = console();
    start(device, 0);
    DriverQueue queue = start(device, 1);
    Buffer line = queue.readable("a line of text, as long as they are on the average\n");

    serve(queue, line, () -> device.service(device.worker(1)));
  }

  @Test
  void shouldAllocateNothing_whenTheGuestIsTyped() {
    VirtioConsole device = console();
    DriverQueue queue = start(device, 0);
    start(device, 1);
    byte[] typed = new byte[64];

    serve(
        queue,
        queue.writable(16),
        () -> {
          device.receive(typed, 0, typed.length);
          device.service(device.worker(0));
        });
  }

  private static VirtioConsole console() {
    VirtioConsole device =
        VirtioDevices.console(
            "console0", ConsoleConfig.DEFAULT, (bytes, offset, length) -> {}, () -> {});
    device.attach(new Transport());
    return device;
  }
}
