package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.backend.BlockBackend;
import dev.javisor.backend.NetBackend;
import dev.javisor.backend.NetWire;
import dev.javisor.config.NetConfig;
import dev.javisor.internal.sys.TapDevice;
import dev.javisor.internal.sys.Unprivileged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is said about networks, and what is wrong with it. */
class BuilderNetTest extends BuilderFixture {
  private static final String TAP = "jb" + ProcessHandle.current().pid() % 1_000_000;

  private void refused(String key, String value, String hint, Consumer<NetConfig> net) {
    assertProblem("nets[0]." + key, value, hint, fixture.builder().net(net));
  }

  @Test
  void shouldTakeNetworksOfAllKinds() {
    NetWire wire = new NetWire();
    VirtualMachine.Builder builder =
        fixture
            .builder()
            .net()
            .net(n -> n.tap(TAP).mac("02:00:00:00:00:01").ip("10.213.9.1").mask("255.255.255.0"))
            .net(wire.first())
            .net(wire.second(), n -> n.mtu(9000).id("other"));

    assertEquals(4, boot(builder).pciDevices().size());
    assertFalse(Files.exists(Path.of("/sys/class/net", TAP)), "it was looked at only");
  }

  @Test
  void shouldTellWhatItChose() {
    try (VirtualMachine vm =
        fixture.builder().net(n -> n.tap("").mac("").ip("").mask("")).net().build()) {
      List<NetDevice> nets = vm.nets();

      assertEquals(List.of("net0", "net1"), nets.stream().map(NetDevice::id).toList());
      assertTrue(nets.get(0).mac().matches("2e(:[0-9a-f]{2}){5}"), nets.get(0).mac());
      assertFalse(nets.get(0).mac().equals(nets.get(1).mac()));
      assertEquals(nets.get(1), vm.net("net1"));
      assertTrue(nets.get(0).tap().isEmpty(), "not booted");
      assertTrue(nets.get(0).linkUp());
      nets.get(0).link(false);
      assertFalse(nets.get(0).linkUp());
      Exception e = assertThrows(IllegalArgumentException.class, () -> vm.net("net2"));
      assertTrue(e.getMessage().contains("[net0, net1]"), e.getMessage());
    }
  }

  @Test
  void shouldRefuse_whenTheInterfaceCannotBeNamedSo() {
    refused("tap", "x".repeat(16), "15 at most", n -> n.tap("x".repeat(16)));
    refused("tap", "a b", "without blanks", n -> n.tap("a b"));
    refused("tap", "a/b", "slashes", n -> n.tap("a/b"));
    refused("tap", "..", "slashes", n -> n.tap(".."));
    refused("tap", "ä".repeat(8), "15 at most", n -> n.tap("ä".repeat(8)));
    refused("tap", "a:b", "colons", n -> n.tap("a:b"));
    for (String name : List.of("t%s", "t%", "t%d%d", "t%%d")) {
      refused("tap", name, "one %d", n -> n.tap(name));
    }
    refused("tap", "lo", "no TAP", n -> n.tap("lo"));
  }

  @Test
  void shouldRefuse_whenTheInterfaceIsInUse() {
    try (TapDevice held = TapDevice.open(TapDevice.DEVICE)) {
      held.attach(TAP, TapDevice.IFF_TAP | TapDevice.IFF_NO_PI | TapDevice.IFF_VNET_HDR);

      refused("tap", TAP, "another program uses it", n -> n.tap(TAP));
    }
  }

  @Test
  void shouldNameWhatHelps_whenTheUserMayMakeNoInterface() {
    Unprivileged.call(
        () -> {
          refused("tap", TAP, "ip tuntap add dev tap0 mode tap user", n -> n.tap(TAP));
          refused("tap", "any", "--ambient-caps +net_admin", n -> n.ip("10.213.9.1"));
          return TAP;
        });
  }

  @Test
  void shouldRefuse_whenAnAddressIsNone() {
    for (String mac : List.of("x", "52:54:00:12:34", "52:54:00:12:34:5g", "52-54-00-12-34-56")) {
      refused("mac", mac, "expected six bytes such as", n -> n.mac(mac));
    }
    refused("mac", "53:54:00:12:34:56", "group's address", n -> n.mac("53:54:00:12:34:56"));
    refused("mac", "ff:ff:ff:ff:ff:ff", "group's address", n -> n.mac("ff:ff:ff:ff:ff:ff"));
    refused("mac", "00:00:00:00:00:00", "nobody's", n -> n.mac("00:00:00:00:00:00"));
    refused("hostMac", "01:00:00:00:00:01", "group's", n -> n.hostMac("01:00:00:00:00:01"));
    for (String ip : List.of("1.2.3", "1.2.3.256", "localhost", "fd00:::1")) {
      refused("ip", ip, "expected an address such as", n -> n.ip(ip));
    }
    refused("ip", "224.0.0.1", "one host", n -> n.ip("224.0.0.1"));
    refused("ip", "0.0.0.0", "one host", n -> n.ip("0.0.0.0"));
    refused("ip", "127.0.0.1", "one host", n -> n.ip("127.0.0.1"));
    refused("ip", "::1", "one host", n -> n.ip("::1"));
    for (String ip : List.of("10.1.2.0", "10.1.2.255")) {
      refused("ip", ip, "no host's", n -> n.ip(ip));
    }
    refused("ip", "10.1.2.4", "no host's", n -> n.ip("10.1.2.4").mask("255.255.255.252"));
    refused("mask", "0.0.0.0", "all addresses", n -> n.ip("10.1.2.3").mask("0.0.0.0"));
    refused("mask", "::", "all addresses", n -> n.ip("fd00::1").mask("::"));
    for (String mask : List.of("255.0.255.0", "24", "0.0.0.255", "ffff::")) {
      refused("mask", mask, "ones and then zeros", n -> n.ip("10.0.0.1").mask(mask));
    }
    refused("mask", "255.0.0.0", "ones and then zeros", n -> n.ip("fd00::1").mask("255.0.0.0"));
    refused("mask", "255.255.0.0", "set ip, too", n -> n.mask("255.255.0.0"));
  }

  @Test
  void shouldTakeEveryAddressOfASmallNetwork() {
    for (String ip : List.of("10.1.2.4", "10.1.2.5")) {
      fixture.builder().net(n -> n.ip(ip).mask("255.255.255.254")).build().close();
      fixture.builder().net(n -> n.ip(ip).mask("255.255.255.255")).build().close();
    }
  }

  @Test
  void shouldRefuse_whenNumbersAreOutOfRange() {
    for (int mtu : new int[] {-1, 0, 1279, 65522, Integer.MAX_VALUE}) {
      refused("mtu", Integer.toString(mtu), "1280 to 65521", n -> n.mtu(mtu));
    }
    for (int pairs : new int[] {-1, 0, 65}) {
      refused("queuePairs", Integer.toString(pairs), "1 to 64", n -> n.queuePairs(pairs));
    }
    for (int size : new int[] {0, 1, 100, 8192}) {
      refused("queueSize", Integer.toString(size), "power of two", n -> n.queueSize(size));
    }
    refused("fd", "2", "standard streams", n -> n.descriptors(2));
    refused("fd", "1", "each of the 2 pairs", n -> n.descriptors(77).queuePairs(2));
    refused("fd", "77777", "descriptor of a TAP", n -> n.descriptors(77777));
    refused("tap", "x", "leave one of the two out", n -> n.descriptors(77).tap("x"));
  }

  @Test
  void shouldRefuse_whenSegmentsHaveNoChecksums() {
    refused("offloadChecksum", "false", "offloadTso", n -> n.offloadChecksum(false));
  }

  @Test
  void shouldRefuse_whenTwoAreOne() {
    NetBackend backend = new NetWire().first();
    refused("id", "a?b", "printable", n -> n.id("a\nb"));
    assertProblem(
        "nets[1].id", "net0", "nets[0] has that", fixture.builder().net().net(n -> n.id("net0")));
    assertProblem(
        "nets[1].tap",
        TAP,
        "nets[0] has that",
        fixture.builder().net(n -> n.tap(TAP)).net(n -> n.tap(TAP)));
    assertProblem(
        "nets[1].mac",
        "02:00:00:00:00:01",
        "nets[0] has that",
        fixture
            .builder()
            .net(n -> n.mac("02:00:00:00:00:01"))
            .net(n -> n.mac("02:00:00:00:00:01")));
    assertProblem(
        "nets[1]",
        backend.getClass().getName(),
        "the same object",
        fixture.builder().net(backend).net(backend));
    assertProblem(
        "nets[0].id",
        "disk0",
        "disks[0] has that",
        fixture.builder().disk(BlockBackend.inMemory(512)).net(n -> n.id("disk0")));
  }

  @Test
  void shouldRefuse_whenJavaCodeHasAnInterface() {
    NetBackend backend = new NetWire().first();
    assertProblem(
        "nets[0]",
        backend.getClass().getName(),
        "has no tap",
        fixture.builder().net(backend, n -> n.tap(TAP)));
  }
}
