package dev.javisor.internal.virtio.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;
import dev.javisor.internal.memory.RamSpec;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.tap.HostAddress;
import dev.javisor.internal.net.tap.TapSpec;
import dev.javisor.internal.net.tap.Taps;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.QueuePosition;
import dev.javisor.internal.virtio.VirtQueue;
import dev.javisor.internal.virtio.VirtioFeatures;
import dev.javisor.internal.virtio.VirtioTransport;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What passes a TAP interface of this machine; it needs CAP_NET_ADMIN. */
@Timeout(60)
class TapFramesTest {
  private static final String NAME = "jx" + ProcessHandle.current().pid();
  private static final long FEATURES = VirtioFeatures.COMMON | NetFeatures.CSUM;
  private static final int SIZE = 256;
  private static final int FRAME = 100;
  private static final int PORT = 9;

  /** Ethernet, IPv4 and UDP, with the virtio header. */
  private static final int HEADERS = NetDriver.HEADER + 14 + 20 + 8;

  /** A network for tests: RFC 2544. */
  private static final HostAddress ADDRESS = new HostAddress(address("198.18.77.1"), 24);

  private GuestMemory memory;
  private VirtioNic nic;
  private DriverQueue queue;

  @BeforeEach
  void start() {
    memory = GuestRam.map(new RamSpec(64 << 20, false, false, false, false), 0xC000_0000L);
    nic =
        VirtioNic.create(
            new NicConfig("net0", NetDriver.MAC, 1, SIZE, 1500, NicLimiters.UNLIMITED),
            Taps.open(new TapSpec(NAME, List.of(), ADDRESS, false, null, 0, 1, Offloads.ALL)),
            System::nanoTime,
            (delay, task) -> () -> {});
    nic.attach(new Transport());
    nic.activate(FEATURES);
    queue = new DriverQueue(memory, 16 << 20, SIZE);
    nic.startQueue(
        new VirtQueue(memory, 1, queue.config(), FEATURES, QueuePosition.START, () -> {}));
  }

  @AfterEach
  void close() {
    nic.close();
    memory.close();
  }

  @Test
  void shouldSendAFrameAlone() throws IOException {
    queue.add(queue.readable(NetDriver.plain(FRAME, 1)));

    nic.service(0);

    assertEquals(1, statistic("rx_packets"));
    assertEquals(FRAME, statistic("rx_bytes"));
    assertNotNull(queue.poll());
  }

  @Test
  void shouldSendManyFramesInTheirOrder_whenTheyComeTogether() throws IOException {
    int frames = 100;
    int[] heads = new int[frames];
    for (int i = 0; i < frames; i++) {
      DriverQueue.Buffer whole = queue.readable(NetDriver.plain(FRAME, i));
      DriverQueue.Buffer first = new DriverQueue.Buffer(whole.gpa(), NetDriver.HEADER, false);
      int rest = whole.length() - NetDriver.HEADER;
      // Apart in memory, so that they do not become one piece again.
      DriverQueue.Buffer apart = queue.readable(new byte[rest]);
      heads[i] = i % 2 == 0 ? queue.add(whole) : queue.add(first, apart);
    }

    nic.service(0);

    assertEquals(frames, statistic("rx_packets"));
    assertEquals(frames * FRAME, statistic("rx_bytes"));
    for (int head : heads) {
      DriverQueue.Used used = queue.poll();
      assertNotNull(used);
      assertEquals(head, used.head());
    }
    assertNull(queue.poll());
    assertEquals(frames, nic.counters().counters().get("tx_frames"));
  }

  @Test
  void shouldGiveBackAndCountFrames_whenTheInterfaceRefusesThem() throws Exception {
    run("ip", "link", "set", NAME, "down");
    for (int i = 0; i < 40; i++) {
      queue.add(queue.readable(NetDriver.plain(FRAME, i)));
    }

    nic.service(0);

    assertEquals(40, nic.counters().counters().get("tx_dropped"));
    for (int i = 0; i < 40; i++) {
      assertNotNull(queue.poll());
    }
  }

  @Test
  void shouldReceiveFramesInTheirOrder_howeverManyWaitAndWhateverTheirLength() throws IOException {
    DriverQueue receive = new DriverQueue(memory, 32 << 20, SIZE);
    nic.startQueue(
        new VirtQueue(memory, 0, receive.config(), FEATURES, QueuePosition.START, () -> {}));
    DriverQueue.Buffer[] rooms = new DriverQueue.Buffer[SIZE];
    int frames = 200;
    broadcast(frames);

    for (int i = 0; i < SIZE / 2; i++) {
      rooms[i] = receive.writable(2048);
      assertEquals(i, receive.add(rooms[i]));
    }
    nic.service(0);
    for (int i = SIZE / 2; i < SIZE; i++) {
      rooms[i] = receive.writable(2048);
      assertEquals(i, receive.add(rooms[i]));
    }
    nic.service(0);

    int expected = 0;
    DriverQueue.Used used;
    while ((used = receive.poll()) != null) {
      byte[] bytes = receive.bytes(rooms[used.head()]);
      if (used.written() > HEADERS && isOurs(bytes)) {
        assertEquals(expected, bytes[HEADERS] & 0xff);
        assertEquals(HEADERS + size(expected), used.written());
        assertEquals((byte) expected, bytes[HEADERS + size(expected) - 1]);
        expected++;
      }
    }
    assertEquals(frames, expected);
  }

  private static int size(int number) {
    return 1 + number * 37 % 1400;
  }

  private static void broadcast(int frames) throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, ADDRESS.address())) {
      socket.setBroadcast(true);
      for (int i = 0; i < frames; i++) {
        byte[] payload = new byte[size(i)];
        Arrays.fill(payload, (byte) i);
        socket.send(new DatagramPacket(payload, payload.length, address("198.18.77.255"), PORT));
      }
    }
  }

  /** Whether it is UDP to our port: the kernel has things to say of its own. */
  private static boolean isOurs(byte[] bytes) {
    int type = NetDriver.HEADER + 12;
    return bytes[type] == 8 && bytes[type + 1] == 0 && bytes[HEADERS - 5] == PORT;
  }

  private static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  private static long statistic(String name) throws IOException {
    Path file = Path.of("/sys/class/net", NAME, "statistics", name);
    return Long.parseLong(Files.readString(file).strip());
  }

  private static final class Transport implements VirtioTransport {
    @Override
    public void wake(int worker) {}

    @Override
    public void watch(int worker, int descriptor, String name) {}

    @Override
    public void unwatch(int worker, int descriptor) {}

    @Override
    public void changeConfig(Runnable change) {
      change.run();
    }

    @Override
    public void needsReset(String why) {
      throw new AssertionError(why);
    }
  }
}
