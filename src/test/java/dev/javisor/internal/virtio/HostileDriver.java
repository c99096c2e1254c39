package dev.javisor.internal.virtio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.HostileRing.Choices;

/**
 * What must hold whatever a driver does to a device's registers and rings: nothing is thrown, the
 * workers come to rest, and after a reset the device serves requests as if nothing had been.
 */
final class HostileDriver implements AutoCloseable {
  private static final int[] STRUCTURES = {1, 1, 1, 1, 2, 3, 4};
  private static final int[] WIDTHS = {1, 2, 4, 8};

  private final ManualWorkers workers = new ManualWorkers();
  private final VirtioDriver<EchoDevice.State> driver =
      new VirtioDriver<>(new EchoDevice(), workers);

  @Override
  public void close() {
    driver.close();
  }

  /** Plays a driver, and then a good one. */
  void play(byte[] program) {
    Choices choices = new Choices(program);
    driver.start(VirtioFeatures.RING_RESET | VirtioFeatures.INDIRECT_DESC, 8, 8, 8);
    while (!choices.exhausted()) {
      step(choices);
    }
    workers.run();
    driver.pci().decode(1, true);
    driver.start(0, 8);
    assertServes(driver.queue(0));
  }

  private void step(Choices choices) {
    switch (choices.bits(3)) {
      case 0, 1, 2 -> {
        int structure = STRUCTURES[choices.bits(8) % STRUCTURES.length];
        int width = WIDTHS[choices.bits(2)];
        driver.write(structure, choices.bits(6), width, value(choices));
      }
      case 3 -> {
        int structure = STRUCTURES[choices.bits(8) % STRUCTURES.length];
        driver.read(structure, choices.bits(6), WIDTHS[choices.bits(2)]);
      }
      case 4 -> workers.run(choices.bits(1));
      case 5 -> driver.status(choices.bits(8));
      case 6 -> {
        DriverQueue queue = driver.queue(choices.bits(8) % 3);
        queue.descriptor(
            choices.bits(3),
            queue.config().deviceArea() + 4096 + choices.bits(8),
            choices.bits(8),
            choices.bits(3),
            choices.bits(4));
        queue.offer(choices.bits(4));
      }
      default -> driver.notifyDevice(choices.bits(2));
    }
  }

  private static long value(Choices choices) {
    return choices.bits(1) == 0 ? choices.bits(4) : choices.bits(32) & 0xffff_ffffL;
  }

  private void assertServes(DriverQueue queue) {
    Buffer answer = queue.writable(4);
    queue.add(queue.readable(new byte[] {1, 2, 3, 4}), answer);
    driver.kick(0);
    assertEquals(4, queue.take().written());
    assertArrayEquals(new byte[] {1, 2, 3, 4}, queue.bytes(answer));
  }
}
