package dev.javisor.internal.machine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.bus.QueueWorker;
import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NicLimiters;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.net.tap.HostAddress;
import dev.javisor.internal.net.tap.TapPort;
import dev.javisor.internal.net.tap.TapSpec;
import dev.javisor.internal.net.tap.Taps;
import dev.javisor.internal.virtio.DriverQueue;
import dev.javisor.internal.virtio.DriverQueue.Buffer;
import dev.javisor.internal.virtio.DriverQueue.Used;
import dev.javisor.internal.virtio.TestWorkers;
import dev.javisor.internal.virtio.VirtioDriver;
import dev.javisor.internal.virtio.net.NetState;
import dev.javisor.internal.virtio.net.NicConfig;
import dev.javisor.internal.virtio.net.VirtioNic;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A network card on a real TAP interface, with the threads that machines have; the test is the
 * guest.
 */
@Timeout(120)
class TapNetTest {
  private static final int HEADER = 12;
  private static final int BUFFERS = 64;
  private static final int BUFFER_BYTES = 2048;
  private static final long MERGEABLE = 1L << 15;
  private static final long OFFLOADS = 1L | 1 << 1 | 1 << 7 | 1 << 8 | 1 << 11 | 1 << 12;
  private static final MacAddress GUEST = MacAddress.parse("02:00:00:0a:0b:0c");
  private static final int PORT = 4711;

  /** Another process may run this test at the same time. */
  private static final byte NETWORK = (byte) (ProcessHandle.current().pid() % 256);

  private final byte[] hostIp = {10, (byte) 214, NETWORK, 1};
  private final byte[] guestIp = {10, (byte) 214, NETWORK, 2};
  private final TapPort tap = open();
  private final VirtioNic nic =
      VirtioNic.create(
          new NicConfig("net0", GUEST, 1, 256, tap.mtu(), NicLimiters.UNLIMITED),
          tap,
          System::nanoTime,
          (delay, task) -> () -> {});
  private final VirtioDriver<NetState> driver = new VirtioDriver<>(nic, new MachineWorkers());
  private final Queue<Buffer> given = new ArrayDeque<>();

  private TapPort open() {
    try {
      HostAddress address = new HostAddress(InetAddress.getByAddress(hostIp), 24);
      return Taps.open(new TapSpec(null, List.of(), address, false, null, 0, 1, Offloads.ALL));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void start(long features) {
    driver.start(features, BUFFERS, 16, 16);
    for (int i = 0; i < BUFFERS; i++) {
      give();
    }
    driver.notifyDevice(0);
  }

  private void give() {
    Buffer buffer = driver.queue(0).writable(BUFFER_BYTES);
    given.add(buffer);
    driver.queue(0).add(buffer);
  }

  /** Waits for a frame with this type and protocol; the others (IPv6 announcements) are skipped. */
  private byte[] await(int type, int protocol) {
    while (true) {
      byte[] frame = receive();
      boolean wanted =
          (frame[HEADER + 12] & 0xff) << 8 == (type & 0xff00)
              && (frame[HEADER + 13] & 0xff) == (type & 0xff);
      if (wanted && (protocol == 0 || frame[HEADER + 23] == protocol)) {
        return frame;
      }
    }
  }

  private byte[] receive() {
    DriverQueue queue = driver.queue(0);
    byte[] all = new byte[0];
    int buffers = 1;
    for (int i = 0; i < buffers; i++) {
      Used used = queue.await();
      byte[] part = Arrays.copyOf(queue.bytes(given.remove()), used.written());
      if (i == 0) {
        buffers = part[10] & 0xff | (part[11] & 0xff) << 8;
      }
      int before = all.length;
      all = Arrays.copyOf(all, before + part.length);
      System.arraycopy(part, 0, all, before, part.length);
      give();
    }
    driver.notifyDevice(0);
    return all;
  }

  private void send(byte[] headerAndFrame) {
    DriverQueue queue = driver.queue(1);
    queue.add(queue.readable(headerAndFrame));
    driver.notifyDevice(1);
    queue.await();
  }

  private void sendArpRequest() {
    ByteBuffer frame = ByteBuffer.allocate(HEADER + 42);
    frame.position(HEADER);
    for (int i = 0; i < 6; i++) {
      frame.put((byte) 0xff);
    }
    frame.put(GUEST.bytes()).putShort((short) 0x806);
    frame.putShort((short) 1).putShort((short) 0x800).put((byte) 6).put((byte) 4);
    frame.putShort((short) 1).put(GUEST.bytes()).put(guestIp).put(new byte[6]).put(hostIp);
    send(frame.array());
  }

  @Test
  void shouldTalkToTheHost() throws IOException {
    start(MERGEABLE);

    sendArpRequest();

    byte[] answer = await(0x806, 0);
    assertEquals(2, answer[HEADER + 21], "ARP reply");
    assertArrayEquals(GUEST.bytes(), Arrays.copyOfRange(answer, HEADER, HEADER + 6));
    assertArrayEquals(hostIp, Arrays.copyOfRange(answer, HEADER + 28, HEADER + 32));
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < 200; i++) {
        byte[] text = ("datagram " + i).getBytes(UTF_8);
        socket.send(new DatagramPacket(text, text.length, InetAddress.getByAddress(guestIp), PORT));
        byte[] frame = await(0x800, 17);
        assertArrayEquals(text, Arrays.copyOfRange(frame, HEADER + 42, HEADER + 42 + text.length));
        assertEquals(0, frame[0], "the checksum is done");
      }
    }
  }

  @Test
  void shouldReceiveSeveralFramesAWakeUp_andLoseNone_whenTheyComeInBursts() throws IOException {
    start(MERGEABLE | OFFLOADS);
    sendArpRequest();
    await(0x806, 0);

    try (DatagramSocket socket = new DatagramSocket()) {
      for (int burst = 0; burst < 20; burst++) {
        for (int i = 0; i < 40; i++) {
          byte[] text = new byte[1000];
          text[0] = (byte) i;
          socket.send(
              new DatagramPacket(text, text.length, InetAddress.getByAddress(guestIp), PORT));
        }
        for (int i = 0; i < 40; i++) {
          byte[] frame = await(0x800, 17);
          assertEquals(i, frame[HEADER + 42]);
          assertEquals(1, frame[0], "NEEDS_CSUM: the guest takes it over");
        }
      }
    }
    assertEquals(0L, nic.counters().counters().get("rx_dropped"));
  }

  @Test
  void shouldLeaveTheChecksumToTheHost() throws IOException {
    start(MERGEABLE | OFFLOADS);
    sendArpRequest();
    byte[] hostMac = Arrays.copyOfRange(await(0x806, 0), HEADER + 6, HEADER + 12);

    try (DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getByAddress(hostIp), 0))) {
      socket.setSoTimeout(30_000);
      send(udp(hostMac, socket.getLocalPort(), "hello"));

      DatagramPacket packet = new DatagramPacket(new byte[100], 100);
      socket.receive(packet);
      assertEquals("hello", new String(packet.getData(), 0, packet.getLength(), UTF_8));
    }
  }

  /** A datagram whose checksum covers the pseudo header only. */
  private byte[] udp(byte[] to, int port, String text) {
    int length = 8 + text.length();
    ByteBuffer frame = ByteBuffer.allocate(HEADER + 34 + length);
    frame.put((byte) 1).put((byte) 0).putShort((short) 0).putShort((short) 0);
    frame.put((byte) 34).put((byte) 0).put((byte) 6).put((byte) 0).putShort((short) 0);
    frame.put(to).put(GUEST.bytes()).putShort((short) 0x800);
    frame.putShort((short) 0x4500).putShort((short) (20 + length)).putInt(0);
    frame.put((byte) 64).put((byte) 17).putShort((short) 0).put(guestIp).put(hostIp);
    frame.putShort(HEADER + 24, (short) ~sum(frame, HEADER + 14, 20, 0));
    int pseudo = sum(frame, HEADER + 26, 8, 17 + length);
    frame.putShort((short) PORT).putShort((short) port).putShort((short) length);
    frame.putShort((short) pseudo).put(text.getBytes(UTF_8));
    return frame.array();
  }

  private static int sum(ByteBuffer bytes, int at, int length, int start) {
    int sum = start;
    for (int i = 0; i < length; i += 2) {
      sum += bytes.getShort(at + i) & 0xffff;
    }
    return (sum & 0xffff) + (sum >>> 16);
  }

  @Test
  void shouldDropFrames_whenTheKernelRefusesTheirHeaders() {
    start(MERGEABLE | OFFLOADS);
    byte[] frame = new byte[HEADER + 60];
    frame[0] = 1;
    frame[1] = 1;
    frame[2] = 60;
    frame[4] = 100;
    frame[6] = 34;
    frame[8] = 16;

    send(frame);
    sendArpRequest();

    assertEquals(2, await(0x806, 0)[HEADER + 21]);
    assertTrue(nic.counters().counters().get("tx_frames") >= 1);
  }

  @Test
  void shouldTellTheGuest_whenTheInterfaceIsDeleted() throws Exception {
    start(MERGEABLE);

    new ProcessBuilder("ip", "link", "del", "dev", tap.host().tap()).start().waitFor();

    long end = System.nanoTime() + 60_000_000_000L;
    while (nic.linkUp() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertEquals(0, driver.read(4, 6, 2), "link down");
    send(new byte[HEADER + 60]);
    assertEquals(1L, nic.counters().counters().get("tx_dropped"));
  }

  /** The threads of a machine. */
  private static final class MachineWorkers implements TestWorkers {
    private final QueueThreads threads =
        new QueueThreads((role, body) -> new Thread(body, "test " + role), new Doorbells(), 1);

    @Override
    public QueueWorker create(String name, Runnable task) {
      return threads.create(name, task);
    }

    @Override
    public boolean ring(long gpa, int size) {
      return false;
    }

    @Override
    public List<Long> addresses() {
      return List.of();
    }

    @Override
    public void run() {}
  }
}
