package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** One boot, for everything that Linux can tell about its PCI bus. */
@Tag("linux-guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PciLinuxTest {
  private static final String BRIDGE = "/sys/bus/pci/devices/0000:00:00.0/";

  private LinuxGuest guest;

  @BeforeAll
  void boot() throws InterruptedException {
    guest = LinuxGuest.boot(builder -> builder.memory("512M"));
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
    List<String> memory = guest.run("grep -i 'PCI' /proc/iomem");

    assertTrue(
        memory.stream().anyMatch(line -> line.contains("c0000000-e7ffffff : PCI Bus 0000:00")),
        memory.toString());
    assertTrue(memory.stream().anyMatch(line -> line.contains("100000000-")), memory.toString());
  }

  @Test
  void shouldFindNothingToComplainOf() throws InterruptedException {
    assertEquals(List.of(), guest.complaints());
    assertEquals("", dmesg("MMCONFIG.*not using|address conflict|pci.*BAR.*(no space|can.t)"));
  }

  private String dmesg(String pattern) throws InterruptedException {
    return String.join("\n", guest.run("dmesg | grep -E '" + pattern + "' || true"));
  }
}
