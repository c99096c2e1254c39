package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** One boot with an entropy device, for everything that Linux can tell about its PCI bus. */
@Tag("linux-guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PciLinuxTest {
  private static final String BRIDGE = "/sys/bus/pci/devices/0000:00:00.0/";
  private static final String RNG = "/sys/bus/pci/devices/0000:00:01.0/";
  private static final int MSIX = 0x11;

  private LinuxGuest guest;

  @BeforeAll
  void boot() throws InterruptedException {
    guest =
        LinuxGuest.boot(
            builder -> builder.cpus(2).memory("512M").rng(), "virtio_pci", "virtio_rng");
  }

  @AfterAll
  void close() {
    guest.close();
  }

  @Test
  void shouldShowTheHostBridge() throws InterruptedException {
    assertEquals(
        List.of("0x8086", "0x0d57", "0x060000"),
        guest.run("cd " + BRIDGE + "; cat vendor device class"));
  }

  @Test
  void shouldUseConfigurationSpaceInMemory() throws InterruptedException {
    String dmesg = dmesg("MMCONFIG|ECAM");

    assertTrue(dmesg.contains("[mem 0xe8000000-0xe80fffff]"), dmesg);
    assertTrue(dmesg.contains("reserved"), dmesg);
    assertEquals("4096", guest.line("stat -c %s " + BRIDGE + "config"));
  }

  @Test
  void shouldListTheWindows() throws InterruptedException {
    List<String> memory = guest.run("grep 'PCI Bus 0000:00' /proc/iomem");

    assertEquals("c0000000-e7ffffff : PCI Bus 0000:00", memory.get(0));
    assertTrue(memory.get(1).startsWith("100000000-"), memory.toString());
  }

  @Test
  void shouldShowADeviceAsItIs() throws InterruptedException {
    assertEquals(
        List.of("0x1af4", "0x1044", "0x01", "0x1af4"),
        guest.run("cd " + RNG + "; cat vendor device revision subsystem_vendor"));
    assertEquals("virtio-pci", guest.line("basename $(readlink " + RNG + "driver)"));
    assertTrue(guest.line("head -1 " + RNG + "resource").startsWith("0x0000000100000000 "));
  }

  @Test
  void shouldHaveACapabilityListThatEnds_andMsixOn() throws InterruptedException {
    int[] config = config();

    int at = config[0x34];
    int vendorSpecific = 0;
    int control = 0;
    int steps = 0;
    while (at != 0 && steps++ < 48) {
      assertTrue(at >= 0x40 && at % 4 == 0, Arrays.toString(config));
      vendorSpecific += config[at] == 9 ? 1 : 0;
      control = config[at] == MSIX ? config[at + 2] | config[at + 3] << 8 : control;
      at = config[at + 1];
    }

    assertEquals(0, at);
    assertTrue(vendorSpecific >= 4, Arrays.toString(config));
    assertEquals(0x8000, control & 0xc000);
  }

  @Test
  void shouldFindNothingToComplainOf() throws InterruptedException {
    assertEquals(List.of(), guest.complaints());
    assertEquals("", dmesg("MMCONFIG.*not using|address conflict|BAR.*(no space|can.t)"));
  }

  @Test
  void shouldReadRandomBytesByInterrupts() throws InterruptedException {
    long before = interrupts();

    assertEquals("2048", read());

    assertTrue(interrupts() > before, interrupts() + " interrupts, before " + before);
  }

  @Test
  void shouldInterruptTheProcessorThatTheGuestChooses() throws InterruptedException {
    String irq = guest.line("grep virtio0-input /proc/interrupts | cut -d: -f1 | tr -d ' '");
    for (int cpu : new int[] {1, 0, 1}) {
      guest.run("echo %d > /proc/irq/%s/smp_affinity_list".formatted(cpu, irq));
      // Linux changes the message at the next interrupt.
      read();
      long before = interrupts(cpu);

      assertEquals("2048", read());

      assertTrue(interrupts(cpu) > before, interrupts(cpu) + " interrupts, before " + before);
    }
  }

  @Test
  @Order(Integer.MAX_VALUE - 2)
  void shouldGoOn_whenItsDriverIsBoundAnew() throws InterruptedException {
    guest.run("cd /sys/bus/pci/drivers/virtio-pci; echo 0000:00:01.0 > unbind");
    assertEquals(0, interruptLines());
    guest.run("cd /sys/bus/pci/drivers/virtio-pci; echo 0000:00:01.0 > bind");

    assertEquals("2048", read());
  }

  @Test
  @Order(Integer.MAX_VALUE - 1)
  void shouldComeBack_whenTheGuestRemovesItAndScansTheBus() throws InterruptedException {
    guest.run("echo 1 > " + RNG + "remove");
    assertEquals("0", guest.line("ls /sys/bus/pci/devices | grep -c 01.0 || true"));
    guest.run("echo 1 > /sys/bus/pci/rescan");

    assertEquals("2048", read());
    assertEquals(List.of(), guest.complaints());
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void shouldStartOver_whenTheHostResetsTheMachine() throws InterruptedException {
    guest.vm().reset();
    guest.awaitShell();

    assertEquals("2048", read());
    assertEquals(List.of(), guest.complaints());
  }

  private String read() throws InterruptedException {
    return guest.line("dd if=/dev/hwrng bs=64 count=32 iflag=fullblock 2>/dev/null | wc -c");
  }

  private int[] config() throws InterruptedException {
    List<String> lines = guest.run("od -An -v -tx1 " + RNG + "config | head -16");
    return Arrays.stream(String.join(" ", lines).trim().split("\\s+"))
        .mapToInt(text -> Integer.parseInt(text, 16))
        .toArray();
  }

  private long interruptLines() throws InterruptedException {
    return Long.parseLong(guest.line("grep -c virtio0 /proc/interrupts || true"));
  }

  private long interrupts() throws InterruptedException {
    return interrupts(0) + interrupts(1);
  }

  private long interrupts(int cpu) throws InterruptedException {
    String command = "awk '/virtio0-input/ {print $%d}' /proc/interrupts".formatted(cpu + 2);
    return Long.parseLong(guest.line(command));
  }

  private String dmesg(String pattern) throws InterruptedException {
    return String.join("\n", guest.run("dmesg | grep -E '" + pattern + "' || true"));
  }
}
