package dev.javisor.internal.net.tap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.net.MacAddress;
import dev.javisor.internal.net.NetException;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.sys.Fd;
import dev.javisor.internal.sys.NetInterface;
import dev.javisor.internal.sys.TapDevice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** On TAP interfaces of this machine; it needs /dev/net/tun and CAP_NET_ADMIN. */
@Timeout(60)
class TapPortTest {
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final List<String> WITHOUT_CAPABILITIES =
      List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");

  @TempDir Path folder;

  /** A name that no other test has, of this process or another. */
  static String freshName() {
    return "jt%d.%d".formatted(ProcessHandle.current().pid() % 1_000_000, NUMBER.incrementAndGet());
  }

  static TapSpec spec(String name) {
    return new TapSpec(name, List.of(), null, false, null, 0, 1, Offloads.ALL);
  }

  private static TapSpec pairs(String name, int pairs) {
    return new TapSpec(name, List.of(), null, false, null, 0, pairs, Offloads.ALL);
  }

  private static boolean there(String name) {
    return Files.exists(Path.of("/sys/class/net", name));
  }

  /** An interface that stays without us, as ip tuntap makes it. */
  private static void persistent(String name, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip", "tuntap", "add", "dev", name, "mode"));
    command.addAll(List.of(options.length == 0 ? new String[] {"tap"} : options));
    run(command.toArray(new String[0]));
  }

  private static void remove(String name) throws Exception {
    run("ip", "link", "del", "dev", name);
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  @Test
  void shouldMakeAnInterface_thatIsUpAndGoneWithThePort() throws Exception {
    String name = freshName();
    HostAddress address = new HostAddress(InetAddress.getByName("10.213.1.1"), 28);
    MacAddress mac = MacAddress.parse("02:00:00:01:02:03");

    try (TapPort port =
        Taps.open(new TapSpec(name, List.of(), address, false, mac, 9000, 1, Offloads.ALL))) {
      NetworkInterface host = NetworkInterface.getByName(name);
      assertNotNull(host);
      assertTrue(host.isUp());
      assertEquals(9000, host.getMTU());
      assertEquals(9000, port.mtu());
      assertArrayEquals(mac.bytes(), host.getHardwareAddress());
      assertTrue(
          host.getInterfaceAddresses().stream()
              .anyMatch(
                  a ->
                      a.getAddress().equals(address.address()) && a.getNetworkPrefixLength() == 28),
          host.getInterfaceAddresses()::toString);
      assertTrue(port.description().contains(name), port.description());
      assertTrue(port.host().made());
    }

    assertFalse(there(name));
  }

  @Test
  void shouldTakeAnAddressOfVersion6() throws Exception {
    String name = freshName();
    HostAddress address = new HostAddress(InetAddress.getByName("fd00:213::1"), 64);

    try (TapPort port =
        Taps.open(new TapSpec(name, List.of(), address, false, null, 0, 1, Offloads.ALL))) {
      String shown = Files.readString(Path.of("/proc/net/if_inet6"));
      assertTrue(shown.contains("fd000213000000000000000000000001"), shown);
      assertEquals(1, port.pairs());
    }
  }

  @Test
  void shouldLetTheKernelNameIt_whenNobodyDoes() {
    try (TapPort first = Taps.open(spec(null));
        TapPort second = Taps.open(spec(null))) {
      assertTrue(first.host().tap().matches("vmtap\\d+"), first.host().tap());
      assertTrue(there(second.host().tap()));
      assertFalse(first.host().tap().equals(second.host().tap()));
    }
  }

  @Test
  void shouldUseAnInterfaceThatIsThere_andLeaveItThere() throws Exception {
    String name = freshName();
    persistent(name);
    try {
      HostAddress address = new HostAddress(InetAddress.getByName("10.213.2.1"), 24);
      try (TapPort port =
          Taps.open(new TapSpec(name, List.of(), address, false, null, 0, 1, Offloads.ALL))) {
        assertFalse(port.host().made());
        assertTrue(port.host().address().isEmpty());
        assertNull(NetworkInterface.getByInetAddress(address.address()));
      }
      assertTrue(there(name));
    } finally {
      remove(name);
    }
  }

  @Test
  void shouldSaySo_whenItIsBusy() {
    String name = freshName();
    try (TapPort port = Taps.open(spec(name))) {
      NetException e = assertThrows(NetException.class, () -> Taps.open(spec(name)));

      assertEquals("tap", e.key());
      assertEquals(name, e.value());
      assertTrue(e.hint().contains("another program"), e.hint());
      assertEquals(1, port.pairs());
    }
  }

  @Test
  void shouldSaySo_whenItWasMadeForOneQueue() throws Exception {
    String name = freshName();
    persistent(name);
    try {
      NetException e = assertThrows(NetException.class, () -> Taps.open(pairs(name, 2)));

      assertTrue(e.hint().contains("multi_queue"), e.hint());
    } finally {
      remove(name);
    }
  }

  @Test
  void shouldSaySo_whenItIsNoTap() throws Exception {
    String name = freshName();
    persistent(name, "tun");
    try {
      NetException tun = assertThrows(NetException.class, () -> Taps.open(spec(name)));
      NetException other = assertThrows(NetException.class, () -> Taps.open(spec("lo")));

      assertTrue(tun.hint().contains("TUN"), tun.hint());
      assertTrue(other.hint().contains("no TAP"), other.hint());
    } finally {
      remove(name);
    }
  }

  @Test
  void shouldSaySo_whenTheKernelHasNoMoreQueues() {
    NetException e = assertThrows(NetException.class, () -> Taps.open(pairs(null, 300)));

    assertEquals("queuePairs", e.key());
    assertTrue(e.hint().contains("256"), e.hint());
  }

  @Test
  void shouldSaySo_whenThereIsNoDoorToTheKernel() {
    Path missing = folder.resolve("tun");

    NetException e = assertThrows(NetException.class, () -> new Taps(missing).openPort(spec(null)));

    assertTrue(e.hint().contains("modprobe tun"), e.hint());
  }

  @Test
  void shouldUseADescriptor_andLeaveItOpen() {
    String name = freshName();
    try (TapDevice open = TapDevice.open(TapDevice.DEVICE)) {
      open.attach(name, TapDevice.IFF_TAP | TapDevice.IFF_NO_PI | TapDevice.IFF_VNET_HDR);
      TapSpec spec =
          new TapSpec(null, List.of(open.number()), null, false, null, 0, 1, Offloads.ALL);

      try (TapPort port = Taps.open(spec)) {
        assertEquals(name, port.host().tap());
        assertEquals(1500, port.mtu());
      }

      assertTrue(there(name));
    }
    assertFalse(there(name));
  }

  @Test
  void shouldSaySo_whenADescriptorIsNoTap() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    try (Fd open = Fd.open(file, Fd.O_RDWR);
        TapDevice plain = TapDevice.open(TapDevice.DEVICE)) {
      plain.attach(freshName(), TapDevice.IFF_TAP | TapDevice.IFF_NO_PI);
      for (int number : new int[] {open.number(), 999_999, plain.number()}) {
        TapSpec spec = new TapSpec(null, List.of(number), null, false, null, 0, 1, Offloads.ALL);

        NetException e = assertThrows(NetException.class, () -> Taps.open(spec));

        assertEquals("fd", e.key());
        assertEquals(Integer.toString(number), e.value());
        assertTrue(e.hint().contains("expected"), e.hint());
      }
    }
  }

  @Test
  void shouldChooseANetworkThatTheHostIsNotOn() throws Exception {
    HostAddress first = HostAddress.choose();
    try (TapPort port =
        Taps.open(new TapSpec(null, List.of(), first, false, null, 0, 1, Offloads.ALL))) {
      HostAddress second = HostAddress.choose();

      assertEquals(24, first.prefix());
      assertFalse(first.sharesNetworkWith(second.address()), first + " and " + second);
      assertEquals(1, port.pairs());
    }
  }

  @Test
  void shouldShowTheHostWhetherTheCableIsPluggedIn() {
    String name = freshName();
    try (TapPort port = Taps.open(spec(name))) {
      assertEquals("1", carrier(name));
      port.link(false);
      assertEquals("0", carrier(name));
      port.link(true);
      assertEquals("1", carrier(name));
    }
  }

  private static String carrier(String name) {
    try {
      return Files.readString(Path.of("/sys/class/net", name, "carrier")).trim();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void shouldUseOnlyTheQueuesThatTheGuestUses() {
    String name = freshName();
    try (TapPort port = Taps.open(pairs(name, 4));
        NetInterface host = new NetInterface(name)) {
      assertEquals(4, port.pairs());
      assertTrue(port.usePairs(3));
      assertTrue(port.usePairs(3));
      assertTrue(port.usePairs(1));
      assertTrue(port.usePairs(4));
      assertTrue(host.up());
    }
  }

  @Test
  void shouldVanish_whenTheProcessIsKilled() throws Exception {
    String name = freshName();
    Process child = TapHolder.start(List.of(), name);
    try {
      assertEquals("open " + name, child.inputReader().readLine());
      assertTrue(there(name));
    } finally {
      child.destroyForcibly().waitFor();
    }

    long end = System.nanoTime() + 30_000_000_000L;
    while (there(name) && System.nanoTime() < end) {
      Thread.sleep(10);
    }
    assertFalse(there(name));
  }

  @Test
  void shouldNameWhatHelps_whenTheUserMayMakeNone() throws Exception {
    String answer = answer(TapHolder.start(WITHOUT_CAPABILITIES, freshName()));

    assertTrue(answer.startsWith("refused tap: "), answer);
    assertTrue(answer.contains("CAP_NET_ADMIN"), answer);
    assertTrue(answer.contains("ip tuntap add"), answer);
    assertTrue(answer.contains("(fd)"), answer);
    assertTrue(answer.contains("--ambient-caps +net_admin"), answer);
    assertFalse(answer.contains("setcap"), answer);
  }

  @Test
  void shouldUseAnInterfaceOfTheUser_withoutCapabilities() throws Exception {
    String mine = freshName();
    String others = freshName();
    persistent(mine, "tap", "user", "root");
    persistent(others, "tap", "user", "nobody");
    try {
      String down = answer(TapHolder.start(WITHOUT_CAPABILITIES, mine));
      run("ip", "link", "set", "dev", mine, "up");
      String up = answer(TapHolder.start(WITHOUT_CAPABILITIES, mine));
      String notMine = answer(TapHolder.start(WITHOUT_CAPABILITIES, others));

      assertTrue(down.contains("ip link set " + mine + " up"), down);
      assertEquals("open " + mine, up);
      assertTrue(notMine.contains("belongs to somebody else"), notMine);
    } finally {
      remove(mine);
      remove(others);
    }
  }

  /** Ordinary users cannot read what root built: they get a copy. */
  @Test
  void shouldTellAnOrdinaryUserWhatHelps_andWorkWithAmbientCapabilities() throws Exception {
    String name = freshName();
    String classPath = TapHolder.copyClassPath(folder);
    List<String> nobody = List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
    List<String> ambient = new ArrayList<>(nobody);
    // The door itself may be root's alone, as here.
    ambient.add("--inh-caps=+net_admin,+dac_override");
    ambient.add("--ambient-caps=+net_admin,+dac_override");

    String refused = answer(TapHolder.start(nobody, classPath, folder, name));
    String open = answer(TapHolder.start(ambient, classPath, folder, name));

    assertTrue(refused.startsWith("refused tap: user "), refused);
    assertTrue(refused.contains("(fd)"), refused);
    assertEquals("open " + name, open);
  }

  private static String answer(Process child) throws IOException, InterruptedException {
    String answer = child.inputReader().readLine();
    child.destroyForcibly().waitFor();
    assertNotNull(answer);
    return answer;
  }
}
