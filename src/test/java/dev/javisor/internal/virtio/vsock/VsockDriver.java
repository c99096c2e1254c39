package dev.javisor.internal.virtio.vsock;

import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.DriverQueue.Used;
import dev.javisor.internal.virtio.ManualWorkers;
import dev.javisor.internal.virtio.TestWorkers;
import dev.javisor.internal.virtio.VirtioDriver;
import dev.javisor.internal.vsock.VsockHub;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The driver's side of a vsock device, written from virtio 1.3 §5.10. */
final class VsockDriver implements AutoCloseable {
  static final int HEADER = 44;
  static final int QUEUE_SIZE = 64;
  static final long CID = 42;
  static final int ROOM = 4096;

  static final int REQUEST = 1;
  static final int RESPONSE = 2;
  static final int RST = 3;
  static final int SHUTDOWN = 4;
  static final int RW = 5;
  static final int CREDIT_UPDATE = 6;
  static final int CREDIT_REQUEST = 7;

  /**
   * A packet that the driver got.
   *
   * @param from the host's port
   * @param to the guest's port
   */
  record Packet(
      int from, int to, int operation, int flags, int buffer, int forwarded, byte[] data) {
    String text() {
      return new String(data, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return "%d %d>%d flags %d, %d bytes".formatted(operation, from, to, flags, data.length);
    }
  }

  /** What is due later, and was not cancelled. */
  final List<Runnable> later = new ArrayList<>();

  final Scheduler timer =
      (delay, task) -> {
        later.add(task);
        return () -> later.remove(task);
      };

  final VsockHub hub = new VsockHub("vsock0", CID);
  final VirtioDriver<VsockState> driver;

  /** What the driver tells of its own room and of what its readers took. */
  int buffer = 64 * 1024;

  int forwarded;
  private final Map<Integer, Buffer> rooms = new HashMap<>();

  VsockDriver() {
    this(new ManualWorkers());
  }

  VsockDriver(TestWorkers workers) {
    driver = new VirtioDriver<>(device(), workers);
  }

  /** Of a machine that takes over from another one. */
  VsockDriver(GuestMemory memory) {
    driver = new VirtioDriver<>(device(), new ManualWorkers(), memory);
  }

  private dev.javisor.internal.virtio.VirtioDevice<VsockState> device() {
    return VsockDevices.create(new VsockConfig("vsock0", CID), hub, timer, () -> {});
  }

  VsockDriver start() {
    rooms.clear();
    driver.start(VirtioVsock.F_STREAM, QUEUE_SIZE, QUEUE_SIZE, QUEUE_SIZE);
    return this;
  }

  static ByteBuffer header(
      long fromCid, long toCid, int from, int to, int length, int type, int operation) {
    ByteBuffer bytes = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
    return bytes
        .putLong(fromCid)
        .putLong(toCid)
        .putInt(from)
        .putInt(to)
        .putInt(length)
        .putShort((short) type)
        .putShort((short) operation);
  }

  /** Sends a packet from a port of the guest to one of the host. */
  void send(int from, int to, int operation, int flags, byte[] data) {
    ByteBuffer header = header(CID, 2, from, to, data.length, 1, operation);
    header.putInt(flags).putInt(buffer).putInt(forwarded);
    sendRaw(header.array(), data);
  }

  void send(int from, int to, int operation) {
    send(from, to, operation, 0, new byte[0]);
  }

  void sendText(int from, int to, String text) {
    send(from, to, RW, 0, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends these bytes, each array in a buffer of its own. */
  void sendRaw(byte[]... parts) {
    DriverQueue queue = driver.queue(VirtioVsock.TRANSMIT);
    while (queue.poll() != null) {
      // Room for this one.
    }
    List<Buffer> buffers = new ArrayList<>();
    for (byte[] part : parts) {
      if (part.length > 0) {
        buffers.add(queue.readable(part));
      }
    }
    queue.add(buffers.toArray(new Buffer[0]));
    driver.kick(VirtioVsock.TRANSMIT);
  }

  /** Gives the device room for packets. */
  void give(int count, int bytes) {
    DriverQueue queue = driver.queue(VirtioVsock.RECEIVE);
    for (int i = 0; i < count; i++) {
      Buffer room = queue.writable(bytes);
      rooms.put(queue.add(room), room);
    }
    driver.kick(VirtioVsock.RECEIVE);
  }

  /** Takes the next packet that is there; gives no room. */
  @Nullable Packet poll() {
    DriverQueue queue = driver.queue(VirtioVsock.RECEIVE);
    Used used = queue.poll();
    if (used == null) {
      return null;
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(queue.bytes(rooms.remove(used.head()))).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.getLong(0) != 2 || bytes.getLong(8) != CID || bytes.getShort(28) != 1) {
      throw new AssertionError("not from the host's stream sockets");
    }
    byte[] data = new byte[bytes.getInt(24)];
    if (used.written() != HEADER + data.length) {
      throw new AssertionError("%d bytes, %d of data".formatted(used.written(), data.length));
    }
    bytes.get(HEADER, data);
    return new Packet(
        bytes.getInt(16),
        bytes.getInt(20),
        bytes.getShort(30),
        bytes.getInt(32),
        bytes.getInt(36),
        bytes.getInt(40),
        data);
  }

  /** Gives room for a packet, and takes one; null if the device has none. */
  @Nullable Packet next() {
    driver.workers().run();
    Packet there = poll();
    if (there != null) {
      return there;
    }
    if (rooms.isEmpty()) {
      give(1, HEADER + ROOM);
    }
    driver.workers().run();
    return poll();
  }

  /** Takes a packet that must be there, with this operation. */
  Packet take(int operation) {
    Packet packet = next();
    if (packet == null || packet.operation() != operation) {
      throw new AssertionError("expected operation %d, got %s".formatted(operation, packet));
    }
    return packet;
  }

  long count(String name) {
    return hub.counters().counters().get(name);
  }

  @Override
  public void close() {
    driver.close();
  }
}
