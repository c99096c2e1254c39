package dev.javisor.internal.virtio.blk;

import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.sys.EventFd;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.QueuePosition;
import dev.javisor.internal.virtio.VirtQueue;
import dev.javisor.internal.virtio.VirtioFeatures;
import dev.javisor.internal.virtio.VirtioTransport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The driver's side of a disk, written from virtio 1.3 §5.2. The test's thread is driver and worker
 * in turns.
 */
final class BlkDriver implements AutoCloseable {
  static final int IN = 0;
  static final int OUT = 1;
  static final int FLUSH = 4;
  static final int GET_ID = 8;
  static final int DISCARD = 11;
  static final int WRITE_ZEROES = 13;

  static final int OK = 0;
  static final int IOERR = 1;
  static final int UNSUPP = 2;

  /** For disks that have no rate limit. */
  static final Scheduler NO_TIMER =
      (delay, task) -> {
        throw new AssertionError("nothing is due later");
      };

  static final int QUEUE_SIZE = 64;
  private static final long QUEUE_SPACING = 16 << 20;

  /** A request that the device has. */
  record Pending(int queue, int head, List<Buffer> data, Buffer status) {}

  final VirtioDisk device;
  final List<DriverQueue> queues = new ArrayList<>();
  private final EventFd doorbell = new EventFd("doorbell", false);
  private volatile boolean woken;

  BlkDriver(GuestMemory memory, VirtioDisk device, long features) {
    this.device = device;
    device.attach(
        new VirtioTransport() {
          @Override
          public void wake(int worker) {
            woken = true;
          }

          @Override
          public int wakeDescriptor(int worker) {
            return doorbell.number();
          }

          @Override
          public void changeConfig(Runnable change) {
            change.run();
          }

          @Override
          public void needsReset(String why) {
            throw new AssertionError(why);
          }
        });
    long negotiated = device.features() & features | VirtioFeatures.COMMON;
    device.activate(negotiated);
    for (int i = 0; i < device.queueCount(); i++) {
      DriverQueue queue = new DriverQueue(memory, (1 + i) * QUEUE_SPACING, QUEUE_SIZE);
      queues.add(queue);
      device.startQueue(
          new VirtQueue(memory, i, queue.config(), negotiated, QueuePosition.START, () -> {}));
    }
  }

  /** Reads; returns the bytes, or fails. */
  byte[] read(long sector, int... lengths) {
    Pending pending = offerRead(0, sector, lengths);
    if (await(pending) != OK) {
      throw new AssertionError("status " + status(pending));
    }
    return data(pending);
  }

  /** Writes a sector and what follows, in buffers of these lengths; returns the status. */
  int write(long sector, byte[] bytes, int... lengths) {
    return await(offerWrite(0, sector, bytes, lengths));
  }

  int flush() {
    return await(offer(0, header(FLUSH, 0), List.of(), List.of()));
  }

  int range(int type, long sector, int count, int flags) {
    byte[] range =
        ByteBuffer.allocate(16)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(sector)
            .putInt(count)
            .putInt(flags)
            .array();
    return await(offer(0, header(type, 0), List.of(range), List.of()));
  }

  Pending offerRead(int queue, long sector, int... lengths) {
    List<Integer> in = new ArrayList<>();
    for (int length : lengths) {
      in.add(length);
    }
    return offer(queue, header(IN, sector), List.of(), in);
  }

  Pending offerWrite(int queue, long sector, byte[] bytes, int... lengths) {
    List<byte[]> out = new ArrayList<>();
    int at = 0;
    for (int length : lengths.length == 0 ? new int[] {bytes.length} : lengths) {
      out.add(java.util.Arrays.copyOfRange(bytes, at, at + length));
      at += length;
    }
    return offer(queue, header(OUT, sector), out, List.of());
  }

  Pending offer(int queue, byte[] header, List<byte[]> out, List<Integer> in) {
    DriverQueue driver = queues.get(queue);
    List<Buffer> chain = new ArrayList<>();
    List<Buffer> data = new ArrayList<>();
    chain.add(driver.readable(header));
    out.forEach(bytes -> chain.add(driver.readable(bytes)));
    in.forEach(length -> data.add(driver.writable(length)));
    chain.addAll(data);
    Buffer status = driver.readable(new byte[] {(byte) 0xff});
    status = new Buffer(status.gpa(), 1, true);
    chain.add(status);
    int head = driver.add(chain.toArray(new Buffer[0]));
    return new Pending(queue, head, data, status);
  }

  /** Lets the device work until a request is done; returns its status. */
  int await(Pending pending) {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < deadline) {
      device.service(pending.queue());
      while (queues.get(pending.queue()).poll() != null) {
        // Which one it was, the status tells.
      }
      if (status(pending) != 0xff) {
        return status(pending);
      }
      Thread.yield();
    }
    throw new AssertionError("not done within a minute: " + pending);
  }

  int status(Pending pending) {
    return queues.get(pending.queue()).bytes(pending.status())[0] & 0xff;
  }

  byte[] data(Pending pending) {
    int length = pending.data().stream().mapToInt(Buffer::length).sum();
    ByteBuffer bytes = ByteBuffer.allocate(length);
    pending.data().forEach(buffer -> bytes.put(queues.get(pending.queue()).bytes(buffer)));
    return bytes.array();
  }

  /** Whether the device asked for its worker, or the kernel did. */
  boolean woken() {
    return woken || doorbell.await() > 0;
  }

  static byte[] header(int type, long sector) {
    return ByteBuffer.allocate(16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putInt(0)
        .putLong(sector)
        .array();
  }

  @Override
  public void close() {
    device.close();
    doorbell.close();
  }
}
