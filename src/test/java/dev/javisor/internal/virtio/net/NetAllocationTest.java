package dev.javisor.internal.virtio.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.net.FrameSink;
import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.NetReceiver;
import dev.javisor.internal.net.NetSender;
import dev.javisor.internal.net.NetWaker;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.ReceiveRoom;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.QueuePosition;
import dev.javisor.internal.virtio.VirtQueue;
import dev.javisor.internal.virtio.VirtioFeatures;
import dev.javisor.internal.virtio.VirtioTransport;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The way of a frame from ring to port and back leaves no garbage. */
class NetAllocationTest {
  private static final int SIZE = 64;
  private static final int DEPTH = 16;
  private static final int ROUNDS = 500;
  private static final int FRAME = 1514;
  private static final long FEATURES =
      VirtioFeatures.COMMON | NetFeatures.MRG_RXBUF | NetFeatures.CSUM;

  /** What a few classes loaded late, and the clock of the test itself, may take. */
  private static final long BYTES_PER_FRAME = 4;

  @Test
  void shouldAllocateNothing_whenFramesAreSentAndReceived() {
    try (GuestMemory memory =
            GuestRam.map(new RamSpec(64 << 20, false, false, false, false), 0xC000_0000L);
        VirtioNic nic =
            VirtioNic.create(
                new NicConfig("net0", NetDriver.MAC, 1, SIZE, 1500, NicLimiters.UNLIMITED),
                new Mirror(),
                System::nanoTime,
                (delay, task) -> () -> {})) {
      nic.attach(new Transport());
      nic.activate(FEATURES);
      DriverQueue receive = start(nic, memory, 0);
      DriverQueue transmit = start(nic, memory, 1);
      Buffer frame = transmit.readable(NetDriver.plain(FRAME, 1));
      Buffer room = receive.writable(2048);

      pass(nic, receive, transmit, frame, room);
      long bytes = pass(nic, receive, transmit, frame, room);

      long frames = 2L * ROUNDS * DEPTH;
      assertTrue(bytes <= frames * BYTES_PER_FRAME, bytes + " bytes for " + frames);
    }
  }

  private static DriverQueue start(VirtioNic nic, GuestMemory memory, int index) {
    DriverQueue queue = new DriverQueue(memory, (1 + index) * (16L << 20), SIZE);
    nic.startQueue(
        new VirtQueue(memory, index, queue.config(), FEATURES, QueuePosition.START, () -> {}));
    return queue;
  }

  private static long pass(
      VirtioNic nic, DriverQueue receive, DriverQueue transmit, Buffer frame, Buffer room) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = 0;
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < DEPTH; i++) {
        receive.add(room);
        transmit.add(frame);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      nic.service(0);
      allocated += threads.getCurrentThreadAllocatedBytes() - before;
      for (int i = 0; i < DEPTH; i++) {
        transmit.take();
        receive.take();
      }
    }
    return allocated;
  }

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

  /** Gives the guest as many frames as it sends. */
  private static final class Mirror implements NetPort {
    private final ByteBuffer content = ByteBuffer.allocateDirect(NetPort.HEADER + FRAME);
    private int pending;

    @Override
    public String description() {
      return "a mirror";
    }

    @Override
    public int mtu() {
      return 1500;
    }

    @Override
    public Offloads offloads() {
      return Offloads.ALL;
    }

    @Override
    public int pairs() {
      return 1;
    }

    @Override
    public NetSender sender(int pair, NetWaker waker) {
      return frame -> {
        pending++;
        frame.end(false);
      };
    }

    @Override
    public NetReceiver receiver(int pair, FrameSink sink, NetWaker waker) {
      return new NetReceiver() {
        @Override
        public int receive(ReceiveRoom room) {
          if (pending == 0) {
            return NOTHING;
          }
          pending--;
          content.clear();
          room.write(0, content);
          return NetPort.HEADER + FRAME;
        }

        @Override
        public ByteBuffer rest() {
          return content;
        }

        @Override
        public boolean discard() {
          return false;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public boolean accept(Offloads offloads) {
      return true;
    }

    @Override
    public boolean usePairs(int count) {
      return true;
    }

    @Override
    public void close() {}
  }
}
