package dev.javisor.internal.virtio.net;

import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.DriverQueue.Used;
import dev.javisor.internal.virtio.ManualWorkers;
import dev.javisor.internal.virtio.VirtioDriver;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The driver's side of a network card, written from virtio 1.3 §5.1. */
final class NetDriver implements AutoCloseable {
  static final int HEADER = 12;
  static final int QUEUE_SIZE = 16;

  /** For devices that have no rate limit. */
  static final Scheduler NO_TIMER =
      (delay, task) -> {
        throw new AssertionError("nothing is due later");
      };

  static final MacAddress MAC = MacAddress.parse("52:54:00:12:34:56");

  final VirtioNic device;
  final VirtioDriver<NetState> driver;
  final int pairs;
  private final Map<Integer, Queue<Buffer>> given = new HashMap<>();

  NetDriver(NetPort port, int pairs) {
    this(port, pairs, QUEUE_SIZE);
  }

  NetDriver(NetPort port, int pairs, int queueSize) {
    this(
        port,
        new NicConfig("net0", MAC, pairs, queueSize, 1500, NicLimiters.UNLIMITED),
        System::nanoTime,
        NO_TIMER);
  }

  NetDriver(NetPort port, NicConfig config, LongSupplier nanoTime, Scheduler timer) {
    pairs = config.pairs();
    device = VirtioNic.create(config, port, nanoTime, timer);
    driver = new VirtioDriver<>(device, new ManualWorkers());
  }

  /** Starts with these features and all queues. */
  NetDriver start(long features) {
    int[] sizes = new int[2 * pairs + 1];
    java.util.Arrays.fill(sizes, QUEUE_SIZE);
    driver.start(features, sizes);
    given.clear();
    return this;
  }

  /** A frame with a header of zeros. */
  static byte[] plain(int length, int seed) {
    return framed(0, 0, 0, 0, 0, 0, length, seed);
  }

  /** A frame with a header. */
  static byte[] framed(
      int flags, int gso, int headers, int size, int start, int offset, int length, int seed) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER + length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) flags).put((byte) gso).putShort((short) headers).putShort((short) size);
    bytes.putShort((short) start).putShort((short) offset).putShort((short) 0);
    while (bytes.hasRemaining()) {
      bytes.put((byte) (seed + bytes.position()));
    }
    return bytes.array();
  }

  /** Sends header and frame in one buffer, by a pair; returns the bytes used. */
  Used send(int pair, byte[] headerAndFrame) {
    DriverQueue queue = driver.queue(2 * pair + 1);
    queue.add(queue.readable(headerAndFrame));
    driver.kick(2 * pair + 1);
    return queue.take();
  }

  /** Gives buffers to receive into. */
  void give(int pair, int count, int bytes) {
    DriverQueue queue = driver.queue(2 * pair);
    for (int i = 0; i < count; i++) {
      Buffer buffer = queue.writable(bytes);
      given.computeIfAbsent(pair, p -> new ArrayDeque<>()).add(buffer);
      queue.add(buffer);
    }
    driver.kick(2 * pair);
  }

  /** Takes a frame with its header; null if there is none. Buffers come back in their order. */
  byte @Nullable [] receive(int pair) {
    DriverQueue queue = driver.queue(2 * pair);
    Used used = queue.poll();
    if (used == null) {
      return null;
    }
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    byte[] first = take(pair, used);
    frame.write(first, 0, first.length);
    int buffers = first[10] & 0xff | (first[11] & 0xff) << 8;
    for (int i = 1; i < buffers; i++) {
      byte[] next = take(pair, queue.take());
      frame.write(next, 0, next.length);
    }
    return frame.toByteArray();
  }

  private byte[] take(int pair, Used used) {
    Buffer buffer = given.get(pair).remove();
    byte[] bytes = driver.queue(2 * pair).bytes(buffer);
    return java.util.Arrays.copyOf(bytes, used.written());
  }

  /** Sends a command; returns the answer. */
  int command(int queueIndex, byte... command) {
    DriverQueue queue = driver.queue(queueIndex);
    Buffer answer = queue.writable(1);
    queue.add(queue.readable(command), answer);
    driver.kick(queueIndex);
    queue.take();
    return queue.bytes(answer)[0] & 0xff;
  }

  long count(String name) {
    return device.counters().counters().get(name);
  }

  @Override
  public void close() {
    driver.close();
  }
}
