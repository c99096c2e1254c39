package dev.javisor.internal.virtio.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.VirtioDriver;
import dev.javisor.internal.virtio.VirtioFeatures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * A driver that sends frames, gives buffers and commands by chance, most of them senseless. What
 * must hold: the device takes or drops each, writes where it may only, and serves a good driver
 * afterwards.
 */
final class HostileNetDriver implements AutoCloseable {
  private static final int MOST_STEPS = 120;
  private static final int CANARY = 32;
  private static final int[] LENGTHS = {0, 1, 11, 12, 13, 26, 60, 700, 1526, 1534, 1535, 4096};

  private final FakePort port = new FakePort();
  private final NetDriver net = new NetDriver(port, 2);
  private final List<Long> canaries = new ArrayList<>();

  @Override
  public void close() {
    net.close();
  }

  /**
   * Plays, and looks whether all is well.
   *
   * @return how many frames made sense
   */
  int play(Random random, BooleanSupplier goesOn) {
    net.start(features(random));
    for (int step = 0; step < MOST_STEPS && goesOn.getAsBoolean() && works(); step++) {
      step(random);
    }
    int passed = port.sent.size();
    checkCanaries();
    assertServes();
    return passed;
  }

  private boolean works() {
    return (net.driver.status() & VirtioDriver.NEEDS_RESET) == 0;
  }

  /** A choice of features that the device accepts. */
  private static long features(Random random) {
    long offered = NetFeatures.offered(Offloads.ALL, 2) | VirtioFeatures.INDIRECT_DESC;
    long features;
    do {
      features = random.nextLong() & offered;
    } while (!NetFeatures.consistent(features));
    return features | VirtioFeatures.INDIRECT_DESC;
  }

  private void step(Random random) {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> send(random);
      case 3, 4 -> give(random);
      case 5 -> command(random);
      case 6 -> port.arrive(random.nextInt(2), arriving(random));
      default -> net.device.link(random.nextInt(4) > 0);
    }
    net.driver.workers().run();
    for (int i = 0; i < 5; i++) {
      while (net.driver.queue(i).poll() != null) {
        // Room for the next ones.
      }
    }
  }

  private void send(Random random) {
    DriverQueue queue = net.driver.queue(1 + 2 * random.nextInt(2));
    byte[] frame = arriving(random);
    if (random.nextInt(3) == 0) {
      random.nextBytes(frame);
    }
    List<Buffer> parts = new ArrayList<>();
    for (int at = 0; at < frame.length; ) {
      int length = Math.min(frame.length - at, 1 + random.nextInt(2000));
      parts.add(queue.readable(Arrays.copyOfRange(frame, at, at + length)));
      at += length;
    }
    if (random.nextInt(6) == 0) {
      parts.add(guarded(queue, 20));
    }
    offer(random, queue, parts);
  }

  private static byte[] arriving(Random random) {
    int[] types = {0, 0, 0, 1, 3, 4, 129, 255};
    int length = LENGTHS[random.nextInt(LENGTHS.length)] + random.nextInt(3);
    int type = types[random.nextInt(types.length)];
    return NetDriver.framed(
        random.nextInt(4), type, 54, random.nextInt(2000), random.nextInt(80), 16, length, 1);
  }

  private void give(Random random) {
    DriverQueue queue = net.driver.queue(2 * random.nextInt(2));
    List<Buffer> parts = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      parts.add(guarded(queue, LENGTHS[random.nextInt(LENGTHS.length)]));
    }
    offer(random, queue, parts);
  }

  private void command(Random random) {
    int index = random.nextInt(8) == 0 ? 2 : 4;
    DriverQueue queue = net.driver.queue(index);
    byte[] command = new byte[random.nextInt(12)];
    random.nextBytes(command);
    if (command.length > 2 && random.nextBoolean()) {
      command[0] = (byte) random.nextInt(6);
      command[1] = 0;
      command[2] = (byte) random.nextInt(4);
    }
    List<Buffer> parts = new ArrayList<>(List.of(queue.readable(command)));
    if (random.nextInt(8) > 0) {
      parts.add(guarded(queue, 1));
    }
    offer(random, queue, parts);
  }

  private void offer(Random random, DriverQueue queue, List<Buffer> parts) {
    Buffer[] buffers = parts.toArray(new Buffer[0]);
    if (buffers.length == 0) {
      return;
    }
    try {
      if (random.nextBoolean()) {
        queue.addIndirect(buffers);
      } else {
        queue.add(buffers);
      }
    } catch (IllegalStateException e) {
      // The queue is full.
    }
    for (int i = 0; i < 5; i++) {
      net.driver.notifyDevice(i);
    }
  }

  private Buffer guarded(DriverQueue queue, int length) {
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
      net.driver.memory().read(gpa, there, 0, CANARY);
      assertArrayEquals(expected, there, () -> "at 0x%x".formatted(gpa));
    }
  }

  private void assertServes() {
    net.device.link(true);
    net.start(0);
    port.incoming.values().forEach(java.util.Queue::clear);
    port.sent.clear();
    net.give(0, 1, 2000);
    net.send(0, NetDriver.plain(60, 1));
    port.arrive(0, NetDriver.plain(60, 2));
    net.driver.workers().run();
    byte[] received = net.receive(0);
    assertArrayEquals(
        Arrays.copyOfRange(NetDriver.plain(60, 2), 12, 72), Arrays.copyOfRange(received, 12, 72));
    assertTrue(port.sent.size() == 1, port.sent.size() + " sent");
    port.sent.clear();
  }
}
