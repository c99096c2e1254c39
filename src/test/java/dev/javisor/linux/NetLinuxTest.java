package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetWire;
import dev.javisor.testing.net.Tcpdump;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two guests: one with the host and the other one on its cables, and one with it alone. */
@Tag("linux-guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetLinuxTest {
  private static final int BYTES = 64 << 20;
  private static final String MAC = "52:54:00:12:34:56";
  private static final String[] MODULES = {"virtio_pci", "virtio_net"};

  private Path pcap;
  private NetBackend recorded;
  private LinuxGuest guest;
  private LinuxGuest neighbour;

  @BeforeAll
  void boot(@TempDir Path folder) throws InterruptedException, IOException {
    NetWire wire = new NetWire();
    pcap = folder.resolve("wire.pcap");
    recorded = NetBackend.recording(wire.first(), pcap);
    // eth0 with all there is, eth1 with nothing, eth2 to the neighbour.
    guest =
        LinuxGuest.start(
            builder ->
                builder
                    .name("net")
                    .memory("512M")
                    .cpus(2)
                    .net(n -> n.mac(MAC).ip("10.213.20.1").mtu(9000).queuePairs(2))
                    .net(
                        n ->
                            n.ip("10.213.21.1")
                                .mask("255.255.255.0")
                                .offloadChecksum(false)
                                .offloadTso(false)
                                .offloadUfo(false))
                    .net(recorded),
            MODULES);
    neighbour =
        LinuxGuest.start(
            builder -> builder.name("neighbour").memory("256M").net(wire.second()), MODULES);
    guest.awaitShell();
    neighbour.awaitShell();
    for (int i = 0; i < 3; i++) {
      guest.run(
          "ip address add 10.213.2%d.2/24 dev eth%d && ip link set eth%d up".formatted(i, i, i));
    }
    neighbour.run("ip address add 10.213.22.1/24 dev eth0 && ip link set eth0 up");
  }

  @AfterAll
  void close() {
    if (neighbour != null) {
      neighbour.close();
    }
    if (guest != null) {
      guest.close();
    }
    recorded.close();
  }

  @Test
  @Order(1)
  void shouldShowTheDevicesAsTheyWereAskedFor() throws InterruptedException {
    assertEquals(MAC, guest.line("cat /sys/class/net/eth0/address"));
    assertEquals(List.of("9000", "1500"), guest.run("cat /sys/class/net/eth[01]/mtu"));
    assertEquals("4", guest.line("ls /sys/class/net/eth0/queues | wc -l"));
    assertEquals("2", guest.line("ls /sys/class/net/eth1/queues | wc -l"));
    // The control queue's driver looks for the answer itself.
    assertEquals("5", guest.line("grep -c virtio0 /proc/interrupts"), "queues and configuration");
    // HOST_TSO4 and GUEST_TSO4.
    assertEquals("11", guest.line("cut -c 12,8 /sys/bus/virtio/devices/virtio0/features"));
    assertEquals("00", guest.line("cut -c 12,8 /sys/bus/virtio/devices/virtio1/features"));
    assertEquals("10.213.20.1/24", guest.vm().net("net0").hostAddress().orElseThrow());
  }

  @Test
  @Order(2)
  void shouldAnswerPings() throws InterruptedException {
    ping(guest, "10.213.20.1");
    ping(guest, "10.213.21.1");
    guest.run("ping -c 2 -s 8900 -W 20 10.213.20.1");
  }

  /** Linux sends by the queue of the processor, and the host answers by the same one. */
  @Test
  @Order(2)
  void shouldUseBothPairsOfQueues() throws InterruptedException {
    String count = "awk '/virtio0-input.%d/ {print $2 + $3}' /proc/interrupts";
    for (int cpu = 0; cpu < 2; cpu++) {
      long before = Long.parseLong(guest.line(count.formatted(cpu)));

      guest.run("taskset %d ping -c 3 -W 20 10.213.20.1".formatted(1 << cpu));

      long after = Long.parseLong(guest.line(count.formatted(cpu)));
      assertTrue(after > before, "queue %d: %d, before %d".formatted(cpu, after, before));
    }
  }

  @Test
  @Order(3)
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void shouldCarryTcpBothWays_withOffloads() throws Exception {
    long received = count("net0", "rx_frames");
    long checksum = download("nc", "10.213.20.1");
    assertTrue(count("net0", "rx_frames") - received < BYTES / 8948, "segments come as a whole");

    long segments = segmentsSent();
    long sent = count("net0", "tx_frames");
    assertEquals(checksum, upload("nc", "10.213.20.1"));
    assertTrue(count("net0", "tx_frames") - sent < segmentsSent() - segments, "and leave as such");
  }

  @Test
  @Order(4)
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void shouldCarryTcpBothWays_withoutOffloads() throws Exception {
    // One processor sends and hears of what was sent: of two that share a CPU of the host's, one
    // waits for a lock of the queue while the other one, which has it, does not run.
    guest.run(
        "for i in $(awk -F: '/virtio1-/ {print $1}' /proc/interrupts); do"
            + " echo 1 > /proc/irq/$i/smp_affinity; done");
    long received = count("net1", "rx_frames");
    long checksum = download("taskset 1 nc", "10.213.21.1");
    assertTrue(count("net1", "rx_frames") - received >= BYTES / 1460, "frames only");

    long sent = count("net1", "tx_frames");
    assertEquals(checksum, upload("taskset 1 nc", "10.213.21.1"));
    assertTrue(count("net1", "tx_frames") - sent >= BYTES / 1460, "frames only");
  }

  private long count(String net, String counter) {
    return guest.vm().counters().get(net).get(counter);
  }

  /** Of TCP, as they would be on the wire. */
  private long segmentsSent() throws InterruptedException {
    return Long.parseLong(guest.line("awk '/^Tcp:/ {n = $12} END {print n}' /proc/net/snmp"));
  }

  private long download(String program, String host) throws Exception {
    try (HostPeer sender = HostPeer.sender(host, BYTES)) {
      return transfer(
          "%s %s %d < /dev/null > /tmp.data".formatted(program, host, sender.port()), sender);
    }
  }

  private long upload(String program, String host) throws Exception {
    try (HostPeer receiver = HostPeer.receiver(host)) {
      return transfer("%s %s %d < /tmp.data".formatted(program, host, receiver.port()), receiver);
    }
  }

  private long transfer(String command, HostPeer peer) throws Exception {
    guest.type(command);
    long checksum;
    try {
      checksum = peer.checksum();
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "; " + guest.vm().counters(), e);
    }
    guest.output(command);
    return checksum;
  }

  @Test
  @Order(5)
  void shouldGoDownAndUpAgain_whenTheCableIsPulled() throws InterruptedException {
    guest.vm().net("net0").link(false);
    awaitCarrier("0");
    guest.run("! ping -c 1 -W 1 10.213.20.1");

    guest.vm().net("net0").link(true);
    awaitCarrier("1");
    ping(guest, "10.213.20.1");
  }

  private void awaitCarrier(String wanted) throws InterruptedException {
    guest.run(
        "for i in $(seq 100); do [ $(cat /sys/class/net/eth0/carrier) = %s ] && break; sleep 0.1;"
                .formatted(wanted)
            + " done; [ $(cat /sys/class/net/eth0/carrier) = %s ]".formatted(wanted));
  }

  @Test
  @Order(6)
  void shouldReachTheOtherGuest() throws InterruptedException {
    ping(guest, "10.213.22.1");
    // Its input must not end, or the connection would with it.
    neighbour.run("mkfifo /open; exec 9<>/open");
    neighbour.type("nc -l -p 99 < /open | sha256sum > /sum");
    guest.run("head -c 4000000 /tmp.data > /part; sha256sum < /part > /sum");
    guest.run("for i in $(seq 50); do nc 10.213.22.1 99 < /part && break; sleep 0.2; done");
    assertEquals(guest.line("cat /sum"), neighbour.line("cat /sum"));
  }

  @Test
  @Order(7)
  void shouldAnnounceItself_whenAsked() throws Exception {
    // Linux does so on devices whose arp_notify is on.
    guest.run("echo 1 > /proc/sys/net/ipv4/conf/eth2/arp_notify");
    long before = sent();

    guest.vm().net("net2").announce();

    long end = System.nanoTime() + LinuxGuest.LIMIT.toNanos();
    while (sent() == before && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertTrue(sent() > before, "frames sent: " + sent());
  }

  private long sent() {
    return count("net2", "tx_frames");
  }

  @Test
  @Order(8)
  void shouldFindNothingToComplainOf() throws InterruptedException {
    assertEquals(List.of(), guest.complaints());
    assertEquals(List.of(), neighbour.complaints());
  }

  @Test
  @Order(9)
  void shouldReachTheOtherGuest_whenThatRebooted() throws Exception {
    neighbour.type("reboot -f");
    neighbour.awaitShell();
    neighbour.run("ip address add 10.213.22.1/24 dev eth0 && ip link set eth0 up");

    ping(guest, "10.213.22.1");
  }

  @Test
  @Order(10)
  void shouldHaveWrittenDownWhatPassed() throws Exception {
    recorded.close();

    List<byte[]> frames = frames(pcap);
    long requests = frames.stream().filter(frame -> isEcho(frame, 8)).count();
    long answers = frames.stream().filter(frame -> isEcho(frame, 0)).count();
    long announcements = frames.stream().filter(NetLinuxTest::isAnnouncement).count();
    assertTrue(requests >= 4 && answers >= 4, requests + " requests, " + answers + " answers");
    assertTrue(announcements >= 1, "gratuitous ARP among %d frames".formatted(frames.size()));
    List<String> read = Tcpdump.read(pcap);
    assertEquals(frames.size(), read.size());
    assertEquals(
        requests, read.stream().filter(line -> line.contains("ICMP echo request")).count());
  }

  private static void ping(LinuxGuest from, String to) throws InterruptedException {
    from.run("ping -c 2 -W 20 " + to);
  }

  private static boolean isEcho(byte[] frame, int type) {
    boolean ipv4 = frame.length > 34 && frame[12] == 8 && frame[13] == 0;
    return ipv4 && frame[23] == 1 && frame[34] == type;
  }

  /** An ARP message in which sender and target have the same address. */
  private static boolean isAnnouncement(byte[] frame) {
    return frame.length >= 42
        && frame[12] == 8
        && frame[13] == 6
        && ByteBuffer.wrap(frame).getInt(28) == ByteBuffer.wrap(frame).getInt(38);
  }

  private static List<byte[]> frames(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.position(24);
    List<byte[]> frames = new ArrayList<>();
    while (bytes.hasRemaining()) {
      bytes.position(bytes.position() + 8);
      byte[] frame = new byte[bytes.getInt()];
      bytes.getInt();
      bytes.get(frame);
      frames.add(frame);
    }
    return frames;
  }
}
