package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.event.VcpuInfo;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** One boot of the bzImage with four vCPUs, for everything that a running guest can tell. */
@Tag("linux-guest")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FourCpuLinuxTest {
  private static final int MIB = 1024;

  private LinuxGuest guest;

  @BeforeAll
  void boot() throws InterruptedException {
    guest =
        LinuxGuest.boot(
            builder ->
                builder.cpus(cpus -> cpus.threads(2).cores(2).dies(1).packages(1)).memory("1024M"));
  }

  @AfterAll
  void close() {
    guest.close();
  }

  @Test
  void shouldBringAllCpusUp_whenFourAreAskedFor() throws InterruptedException {
    assertEquals("4", guest.line("nproc"));
    assertEquals("0-3", guest.line("cat /sys/devices/system/cpu/online"));
  }

  @Test
  void shouldSeeTheTopology_whenThreadsShareCores() throws InterruptedException {
    String folder = "/sys/devices/system/cpu/cpu2/topology/";

    assertEquals("2-3", guest.line("cat " + folder + "thread_siblings_list"));
    assertEquals("0-3", guest.line("cat " + folder + "package_cpus_list"));
    assertEquals("1", guest.line("cat " + folder + "core_id"));
  }

  @Test
  void shouldHaveTheMemoryAskedFor() throws InterruptedException {
    int kib = Integer.parseInt(guest.line("awk '/MemTotal/ {print $2}' /proc/meminfo"));

    assertTrue(kib > 900 * MIB && kib < 1024 * MIB, kib + " KiB");
  }

  @Test
  void shouldKeepTimeByKvmClockAndTheDeadlineTimer() throws InterruptedException {
    String clock =
        guest.line("cat /sys/devices/system/clocksource/clocksource0/current_clocksource");
    String cpuFlags = guest.line("grep -m1 flags /proc/cpuinfo");

    assertEquals("kvm-clock", clock);
    assertTrue(cpuFlags.contains(" tsc_deadline_timer"), cpuFlags);
    assertTrue(cpuFlags.contains(" x2apic"), cpuFlags);
    assertTrue(cpuFlags.contains(" hypervisor"), cpuFlags);
  }

  @Test
  void shouldRegisterTheRealTimeClock_withTheHostsTime() throws InterruptedException {
    assertEquals("rtc_cmos 00:01", guest.line("cat /sys/class/rtc/rtc0/name").substring(0, 14));
    long before = Instant.now().getEpochSecond();
    long rtc = Long.parseLong(guest.line("cat /sys/class/rtc/rtc0/since_epoch"));
    long after = Instant.now().getEpochSecond();

    assertTrue(rtc >= before - 2 && rtc <= after + 2, rtc + " not in " + before + ".." + after);
  }

  @Test
  void shouldDriveDevicesByInterrupts() throws InterruptedException {
    List<String> interrupts = guest.run("cat /proc/interrupts");

    assertTrue(count(interrupts, "ttyS0") > 0, String.join("\n", interrupts));
    assertTrue(
        interrupts.stream().anyMatch(line -> line.contains("ACPI:Ged")), interrupts.toString());
  }

  @Test
  void shouldFindNothingToComplainOf() throws InterruptedException {
    assertEquals(List.of(), guest.complaints());
  }

  @Test
  void shouldTakeInput_whenItIsLongAndComesAtOnce() throws InterruptedException {
    String text = "0123456789abcdef".repeat(200);

    assertEquals(text, guest.line("echo " + text));
  }

  @Test
  void shouldGetAllOutput_whenTheGuestFloodsItsConsole() throws InterruptedException {
    List<String> lines = guest.run("seq 1 2000");

    assertEquals(2000, lines.size());
    assertEquals("2000", lines.get(1999));
  }

  @Test
  void shouldTellWhatVcpusDo_whileTheyRun() {
    List<VcpuInfo> vcpus = guest.vm().vcpus();

    assertEquals(4, vcpus.size());
    for (VcpuInfo vcpu : vcpus) {
      assertTrue(vcpu.rip().isPresent(), vcpu.toString());
    }
    assertTrue(vcpus.get(0).exits().getOrDefault("IO", 0L) > 0, vcpus.get(0).toString());
  }

  @Test
  void shouldStandStill_whilePaused() throws InterruptedException {
    double before = uptime();

    for (int i = 0; i < 5; i++) {
      guest.vm().pause();
      assertEquals(VmState.PAUSED, guest.vm().state());
      Thread.sleep(4000);
      guest.vm().resume();
    }

    double passed = uptime() - before;
    assertTrue(passed < 15, passed + " s passed in the guest while it was paused for 20");
    assertEquals(
        List.of(), guest.run("dmesg | grep -E 'soft lockup|rcu.*stall|hung task' || true"));
  }

  @Test
  @Order(Integer.MAX_VALUE)
  void shouldEndWithPowerOff_whenTheGuestSwitchesOff() throws InterruptedException {
    assertEquals(new VmExit.PowerOff(), guest.end("poweroff -f"));
    assertEquals(VmState.EXITED, guest.vm().state());
  }

  private double uptime() throws InterruptedException {
    return Double.parseDouble(guest.line("cut -d' ' -f1 /proc/uptime"));
  }

  private static long count(List<String> interrupts, String name) {
    return interrupts.stream()
        .filter(line -> line.endsWith(name))
        .flatMap(line -> Pattern.compile("\\s+").splitAsStream(line.trim()))
        .filter(word -> word.matches("\\d+"))
        .mapToLong(Long::parseLong)
        .sum();
  }
}
