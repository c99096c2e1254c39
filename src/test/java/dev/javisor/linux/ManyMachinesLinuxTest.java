package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VmExit;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Several machines in one JVM, large ones, and ones that are killed. */
@Tag("linux-guest")
class ManyMachinesLinuxTest {
  @Test
  void shouldUseRamAbove4Gib_whenThereIsMuch() throws InterruptedException {
    try (LinuxGuest guest = LinuxGuest.boot(builder -> builder.cpus(2).memory("5G"))) {
      int mib = Integer.parseInt(guest.line("awk '/MemTotal/ {print $2}' /proc/meminfo")) / 1024;
      assertTrue(mib > 4900 && mib < 5120, mib + " MiB");
      String ranges = String.join("\n", guest.run("grep 'System RAM' /proc/iomem"));
      assertTrue(ranges.contains("100000000-17fffffff : System RAM"), ranges);

      assertEquals(new VmExit.PowerOff(), guest.end("poweroff -f"));
    }
  }

  @Test
  void shouldNotDisturbEachOther_whenTwoRunAtOnceAndOneIsKilled() throws InterruptedException {
    try (LinuxGuest first = LinuxGuest.start(builder -> builder.name("first").memory("256M"));
        LinuxGuest second = LinuxGuest.start(builder -> builder.name("second").memory("256M"))) {
      first.awaitShell();
      second.awaitShell();
      first.run("hostname first");
      second.run("hostname second");

      first.vm().kill();

      assertEquals(new VmExit.Killed(), first.vm().awaitExit(LinuxGuest.LIMIT));
      assertEquals("second", second.line("hostname"));
      assertEquals(new VmExit.PowerOff(), second.end("poweroff -f"));
    }
  }

  @Test
  void shouldEndAtOnceAndLeaveNoThread_whenKilledWhileBooting() throws InterruptedException {
    for (int milliseconds : new int[] {0, 300, 1500, 4000}) {
      LinuxGuest guest = LinuxGuest.start(builder -> builder.name("doomed").cpus(2).memory("256M"));
      Thread.sleep(milliseconds);

      guest.vm().kill();

      assertEquals(new VmExit.Killed(), guest.vm().awaitExit(LinuxGuest.LIMIT));
      guest.close();
      assertEquals(Set.of(), threadsOf("doomed"));
    }
  }

  private static Set<String> threadsOf(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(thread -> thread.contains(name))
        .collect(Collectors.toSet());
  }
}
