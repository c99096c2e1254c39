package dev.javisor.internal.virtio.vsock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.QueuePosition;
import dev.javisor.internal.virtio.VirtQueue;
import dev.javisor.internal.virtio.VirtioFeatures;
import dev.javisor.internal.virtio.VirtioTransport;
import dev.javisor.internal.vsock.VsockConnection;
import dev.javisor.internal.vsock.VsockHub;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The way of bytes between ring and reader, and between writer and ring, leaves no garbage. */
class VsockAllocationTest {
  private static final int SIZE = 64;
  private static final int PACKETS = 20_000;
  private static final int GUEST = 1024;
  private static final int HOST = 5000;
  private static final int BYTES = 4096;
  private static final int ROOMS = 4;

  /** What a few classes loaded late, and the clock of the test itself, may take. */
  private static final long BYTES_PER_PACKET = 4;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final VsockHub hub = new VsockHub("vsock0", VsockDriver.CID);
  private final VirtioVsock device =
      new VirtioVsock(
          new VsockConfig("vsock0", VsockDriver.CID), hub, (delay, task) -> () -> {}, () -> {});
  private final ByteBuffer block = ByteBuffer.allocate(BYTES);

  @Test
  void shouldAllocateNothing_whenBytesFlowBothWays() throws IOException {
    List<VsockConnection> offered = new ArrayList<>();
    hub.listen(HOST, offered::add);
    try (GuestMemory memory =
        GuestRam.map(new RamSpec(64 << 20, false, false, false, false), 0xC000_0000L)) {
      device.attach(new Transport());
      DriverQueue receive = start(memory, VirtioVsock.RECEIVE);
      DriverQueue transmit = start(memory, VirtioVsock.TRANSMIT);
      transmit.add(transmit.readable(header(0, VsockDriver.REQUEST)));
      device.service(0);
      offered.get(0).accept();

      pass(offered.get(0), receive, transmit);
      long bytes = pass(offered.get(0), receive, transmit);

      assertTrue(bytes <= PACKETS * BYTES_PER_PACKET, bytes + " bytes for " + PACKETS);
      device.close();
    }
  }

  private static byte[] header(int length, int operation) {
    return VsockDriver.header(VsockDriver.CID, 2, GUEST, HOST, length, 1, operation)
        .putInt(0)
        .putInt(Integer.MAX_VALUE)
        .putInt(0)
        .array();
  }

  private DriverQueue start(GuestMemory memory, int index) {
    DriverQueue queue = new DriverQueue(memory, (1 + index) * (16L << 20), SIZE);
    device.startQueue(
        new VirtQueue(
            memory, index, queue.config(), VirtioFeatures.COMMON, QueuePosition.START, () -> {}));
    return queue;
  }

  /** Half of the packets go to the host, each by a reader, and half of them come back. */
  private long pass(VsockConnection connection, DriverQueue receive, DriverQueue transmit)
      throws IOException {
    Buffer packet = transmit.readable(join(header(BYTES, VsockDriver.RW), new byte[BYTES]));
    Buffer room = receive.writable(VsockDriver.HEADER + BYTES);
    long allocated = 0;
    int rooms = 0;
    for (int i = 0; i < PACKETS / 2; i++) {
      transmit.add(packet);
      for (; rooms < ROOMS; rooms++) {
        receive.add(room);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      device.service(0);
      int read = connection.tryRead(block.clear());
      int written = connection.tryWrite(block.clear());
      device.service(0);
      allocated += threads.getCurrentThreadAllocatedBytes() - before;
      assertEquals(BYTES, read);
      assertEquals(BYTES, written);
      drain(transmit);
      rooms -= drain(receive);
    }
    while (rooms > 0) {
      // The other pass begins as this one did.
      assertEquals(1, connection.tryWrite(block.clear().limit(1)));
      device.service(0);
      rooms -= drain(receive);
    }
    return allocated;
  }

  private static int drain(DriverQueue queue) {
    int count = 0;
    while (queue.poll() != null) {
      count++;
    }
    return count;
  }

  private static byte[] join(byte[] one, byte[] two) {
    return ByteBuffer.allocate(one.length + two.length).put(one).put(two).array();
  }

  /** Wakes nobody: the test serves the queues itself. */
  private static final class Transport implements VirtioTransport {
    @Override
    public void wake(int worker) {}

    @Override
    public void changeConfig(Runnable change) {}

    @Override
    public void needsReset(String why) {
      throw new AssertionError(why);
    }
  }
}
