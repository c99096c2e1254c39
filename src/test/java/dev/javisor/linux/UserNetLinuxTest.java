package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.javisor.backend.NetBackend;
import dev.javisor.config.NetChannel;
import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.user.UserNetwork;
import dev.javisor.internal.net.user.UserSpec;
import dev.javisor.internal.sys.NetInterface;
import dev.javisor.internal.sys.Unprivileged;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
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

/**
 * A guest that nobody but an ordinary user runs: eth0 is the network of everyone, eth1 loses one
 * frame in a hundred, and from eth2 nothing gets out.
 */
@Tag("linux-guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UserNetLinuxTest {
  private static final int BYTES = 64 << 20;
  private static final Path PING_GROUPS = Path.of("/proc/sys/net/ipv4/ping_group_range");
  private static final String PAGE = "a page of the host";
  private static final String DHCP =
      "printf '#!/bin/sh\\n[ \"$1\" = bound ] || exit 0\\n"
          + "ip address add $ip/$mask dev $interface\\nip link set $interface mtu $mtu\\n"
          + "ip route add default via $router dev $interface metric ${interface#eth}\\n"
          + "[ $interface = eth0 ] && echo nameserver $dns > /etc/resolv.conf\\n"
          + "echo $hostname > /hostname.$interface\\n' > /dhcp; chmod +x /dhcp; mkdir -p /etc";

  private LinuxGuest guest;
  private HttpServer server;
  private Path folder;

  @BeforeAll
  void boot(@TempDir Path directory) throws Exception {
    folder = directory;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, PAGE.length());
          exchange.getResponseBody().write(PAGE.getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    server.start();
    letEverybodyPing();
    Unprivileged.open(directory, Path.of("/dev/kvm"));
    NetBackend lossy =
        new LossyNetwork(
            new UserNetwork(
                new UserSpec(new UserSpec.Subnet4(0x0a00_0300, 24), NetPolicy.all(), null),
                System::nanoTime,
                new SecureRandom(),
                Thread::new),
            0.01,
            1);
    guest =
        LinuxGuest.prepare(
            builder ->
                builder
                    .name("user")
                    .kernel(readable("kernel", LinuxGuest.kernel().image()))
                    .memory("512M")
                    .net(
                        net ->
                            net.user(
                                user ->
                                    user.network("10.0.2.0/24")
                                        .hostName("web-1")
                                        .listen("db", 5432, UserNetLinuxTest::answer)))
                    .net(lossy, net -> net.mtu(9000))
                    .net(
                        net ->
                            net.user(user -> user.network("10.0.4.0/24").policy(NetPolicy.none()))),
            initramfs -> readable("initramfs", initramfs),
            "virtio_pci",
            "virtio_net");
    Unprivileged.callAsNobody(() -> guest.vm().boot());
    guest.awaitShell();
    guest.run(DHCP);
  }

  /** Only in a machine that is thrown away: of others the settings stay what they are. */
  private static void letEverybodyPing() throws IOException {
    if (System.getenv("JAVISOR_LAB") != null) {
      Files.writeString(PING_GROUPS, "0 2147483647");
      try (NetInterface alias = new NetInterface("lo:1")) {
        alias.address(new byte[] {(byte) 192, 0, 2, 77}, 32);
      }
    }
  }

  /** A copy that everybody may read. */
  private Path readable(String name, Path file) {
    try {
      Path copy = Files.copy(file, folder.resolve(name));
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void answer(NetChannel channel) throws IOException {
    InputStream in = Channels.newInputStream(channel);
    channel.write(StandardCharsets.US_ASCII.encode("you said " + new String(in.readNBytes(5))));
  }

  @AfterAll
  void close() {
    if (guest != null) {
      guest.close();
    }
    server.stop(0);
  }

  @Test
  @Order(1)
  void shouldRunWithoutPrivileges() throws IOException {
    List<String> threads = Unprivileged.capableThreads("javisor-user-");

    assertEquals(List.of(), threads);
  }

  @Test
  @Order(2)
  void shouldGiveAddressesByDhcp() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      guest.run("ip link set eth%d up; udhcpc -i eth%d -n -q -t 20 -s /dhcp".formatted(i, i));
    }

    assertEquals("10.0.2.15/24", address("eth0"));
    assertEquals("10.0.3.15/24", address("eth1"));
    assertEquals("web-1", guest.line("cat /hostname.eth0"));
    assertEquals("9000", guest.line("cat /sys/class/net/eth1/mtu"));
    assertEquals("10.0.2.2/24", guest.vm().net("net0").hostAddress().orElseThrow());
    guest.run("ping -c 2 -W 20 10.0.2.2");
  }

  @Test
  @Order(3)
  void shouldGiveAddressesByRouterAdvertisement() throws InterruptedException {
    guest.run(
        "for i in $(seq 150); do ip -6 address show dev eth0 | grep -q 'fd6a.*global' && break;"
            + " sleep 0.2; done; ip -6 address show dev eth0 | grep 'fd6a:7669:736f:2:.*/64'");
    guest.run("ip -6 route | grep 'default via fe80::2 dev eth0'");
  }

  private String address(String device) throws InterruptedException {
    return guest.line("ip -4 address show dev %s | awk '/inet/ {print $2}'".formatted(device));
  }

  @Test
  @Order(3)
  void shouldResolveNames() throws InterruptedException {
    assertEquals("Address: 10.0.2.2", guest.line("nslookup -type=a host | grep 10.0.2.2$"));
    guest.run("nslookup -type=a db.internal | grep -F 10.0.2.100");
    guest.run("nslookup -type=a localhost | grep -F 10.0.2.2");
  }

  @Test
  @Order(4)
  void shouldReachAServerOnTheLoopbackOfTheHost() throws InterruptedException {
    int port = server.getAddress().getPort();

    assertEquals(PAGE, guest.line("wget -q -O - http://host:%d/; echo".formatted(port)));
    assertEquals("you said hello", guest.line("echo hello | nc db 5432; echo"));
  }

  @Test
  @Order(5)
  void shouldRefuseWhatTheHostRefuses() throws InterruptedException {
    guest.run("wget -O - http://host:1/ 2>&1 | grep -i refused");
    guest.run("wget -O - http://db:1/ 2>&1 | grep -i refused");
  }

  @Test
  @Order(6)
  void shouldPingOthers_whereUsersOfTheHostMay() throws Exception {
    if (System.getenv("JAVISOR_LAB") != null) {
      String said = String.join("\n", guest.run("ping -c 3 -W 20 192.0.2.77"));

      assertTrue(said.contains("3 packets received"), said);
    } else {
      String groups = pingGroups();
      boolean allowed = Integer.parseInt(groups.split("\\s+")[1]) >= 65534;
      guest.run((allowed ? "" : "! ") + "ping -c 1 -W 20 %s".formatted(ownAddress()));
    }
  }

  /** By one read: the kernel has no more to say at the second. */
  private static String pingGroups() throws IOException {
    try (InputStream file = Files.newInputStream(PING_GROUPS)) {
      byte[] bytes = new byte[64];
      return new String(bytes, 0, file.read(bytes), StandardCharsets.US_ASCII).strip();
    }
  }

  /** An address of this host's that is not its loopback's. */
  private static String ownAddress() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .map(InetAddress::getHostAddress)
        .findFirst()
        .orElse("192.0.2.77");
  }

  @Test
  @Order(6)
  void shouldLetNothingOut_whenThePolicyIsNone() throws InterruptedException {
    int port = server.getAddress().getPort();

    guest.run("wget -O - http://10.0.4.2:%d/ 2>&1 | grep -i refused".formatted(port));
    guest.run("nslookup -type=a localhost 10.0.4.3 2>&1 | grep -i REFUSED");
    guest.run("ip route add 192.0.2.0/24 via 10.0.4.2 dev eth2");
    guest.run("wget -O - http://192.0.2.1/ 2>&1 | grep -i refused");
    guest.run("ping -c 2 -W 20 10.0.4.2");
    assertTrue(guest.vm().counters().get("net2").get("user_refused") >= 2);
    assertEquals(0, guest.vm().counters().get("net0").get("user_refused"));
  }

  @Test
  @Order(7)
  void shouldReachAServiceOfTheGuest() throws Exception {
    guest.run("mkdir -p /www; echo a page of the guest > /www/index.html; httpd -p 80 -h /www");

    try (NetChannel channel = guest.vm().connect(80)) {
      channel.write(StandardCharsets.US_ASCII.encode("GET /index.html HTTP/1.0\r\n\r\n"));
      String answer = new String(Channels.newInputStream(channel).readAllBytes());
      assertTrue(answer.endsWith("a page of the guest\n"), answer);
    }
    URI page = URI.create("http://127.0.0.1:%d/index.html".formatted(guest.vm().port(80)));
    try (InputStream in = page.toURL().openStream()) {
      assertEquals("a page of the guest\n", new String(in.readAllBytes()));
    }
  }

  @Test
  @Order(8)
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void shouldCarryTcpBothWays_whenOneFrameInAHundredIsLost() throws Exception {
    carry("10.0.3.2", BYTES);
  }

  @Test
  @Order(9)
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void shouldCarryTcpBothWays_inLargeSegments() throws Exception {
    long before = guest.vm().counters().get("net0").get("rx_frames");

    carry("10.0.2.2", BYTES / 4);

    long frames = guest.vm().counters().get("net0").get("rx_frames") - before;
    assertTrue(frames < 3 * (BYTES / 4) / 1460 / 2, "frames: " + frames);
  }

  private void carry(String host, int bytes) throws Exception {
    long checksum;
    try (HostPeer sender = HostPeer.sender("127.0.0.1", bytes)) {
      String command = "nc %s %d < /dev/null > /tmp.data".formatted(host, sender.port());
      guest.type(command);
      checksum = sender.checksum();
      guest.output(command);
    }
    try (HostPeer receiver = HostPeer.receiver("127.0.0.1")) {
      String command = "nc %s %d < /tmp.data".formatted(host, receiver.port());
      guest.type(command);
      assertEquals(checksum, receiver.checksum());
      guest.output(command);
    }
  }

  @Test
  @Order(10)
  void shouldFindNothingToComplainOf() throws InterruptedException {
    assertEquals(List.of(), guest.complaints());
  }
}
