package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VirtualMachine;
import dev.javisor.config.ConsoleMode;
import dev.javisor.config.OnReset;
import dev.javisor.event.VmEvent;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How a guest can end, one boot an ending. */
@Tag("linux-guest")
class EndingsLinuxTest {
  @Test
  void shouldBootTheVmlinux_andEndWithReset_whenTheGuestReboots() throws InterruptedException {
    try (LinuxGuest guest =
        LinuxGuest.boot(
            builder ->
                builder
                    .kernel(LinuxGuest.kernel().vmlinux())
                    .memory("128M")
                    .onReset(OnReset.EXIT))) {
      assertEquals("1", guest.line("nproc"));
      int kib = Integer.parseInt(guest.line("awk '/MemTotal/ {print $2}' /proc/meminfo"));
      assertTrue(kib < 128 * 1024, kib + " KiB");

      assertEquals(new VmExit.Reset(), guest.end("reboot -f"));
    }
  }

  @Test
  void shouldEndWithPanicAndItsMessage_whenTheKernelPanics() throws InterruptedException {
    try (LinuxGuest guest =
        LinuxGuest.boot(builder -> builder.cpus(2).memory("256M").onReset(OnReset.EXIT))) {
      assertEquals("2", guest.line("nproc"));

      VmExit exit = guest.end("dmesg -n 8; echo c > /proc/sysrq-trigger");

      VmExit.Panic panic = assertInstanceOf(VmExit.Panic.class, exit);
      assertEquals("sysrq triggered crash", panic.message());
      assertTrue(guest.events().stream().anyMatch(VmEvent.PanicText.class::isInstance));
    }
  }

  @Test
  void shouldEndWithPanic_whenThePanicDeviceTellsOfIt_thoughThereIsNoConsole()
      throws InterruptedException {
    GuestPackages packages = GuestPackages.debian();
    Initramfs crashing =
        Initramfs.builder()
            .busybox(packages.busybox())
            .modules(packages.kernel(), "pvpanic-pci")
            .init("echo c > /proc/sysrq-trigger")
            .build();
    // It spins after its panic, and a reset would be no end.
    try (VirtualMachine vm =
        VirtualMachine.builder()
            .kernel(packages.kernel())
            .initramfs(crashing)
            .cmdline("quiet")
            .memory("256M")
            .serial(ConsoleMode.off())
            .pvpanic()
            .build()
            .boot()) {
      VmExit exit = vm.awaitExit(LinuxGuest.LIMIT);

      assertEquals(new VmExit.Panic("the guest told of it by pvpanic"), exit);
    }
  }

  @Test
  void shouldEndWithPowerOff_whenThePowerButtonIsPressed() throws InterruptedException {
    try (LinuxGuest guest = LinuxGuest.boot(builder -> builder.memory("256M"), "button", "evdev")) {
      guest.run("(head -c 24 /dev/input/event0 >/dev/null && poweroff -f) & sleep 1");

      assertTrue(guest.vm().shutdown(LinuxGuest.LIMIT));

      assertEquals(new VmExit.PowerOff(), guest.vm().exit().join());
    }
  }

  @Test
  void shouldStartAnew_whenTheGuestOrTheHostResets() throws InterruptedException {
    try (LinuxGuest guest = LinuxGuest.boot(builder -> builder.cpus(2).memory("256M"))) {
      guest.type("reboot -f");
      guest.awaitShell();
      assertEquals(1, reboots(guest));

      guest.vm().reset();
      guest.awaitShell();

      assertEquals(2, reboots(guest));
      assertEquals("2", guest.line("nproc"));
      assertEquals(new VmExit.PowerOff(), guest.end("poweroff -f"));
    }
  }

  @Test
  void shouldStartAnew_whenTheGuestDoesNotSetItsWatchdogBack() throws InterruptedException {
    try (LinuxGuest guest =
        LinuxGuest.boot(builder -> builder.memory("256M").watchdog(), "wdat_wdt")) {
      String watchdog = "cat /sys/class/watchdog/watchdog0/";
      assertEquals("wdat_wdt", guest.line(watchdog + "identity"));
      assertEquals("0", guest.line(watchdog + "bootstatus"));

      // A timeout of two seconds, and a minute until it is set back.
      guest.type("watchdog -F -T 2 -t 60 /dev/watchdog");
      guest.awaitShell();

      assertEquals(1, reboots(guest));
      assertEquals("32", guest.line(watchdog + "bootstatus")); // WDIOF_CARDRESET
      assertEquals(new VmExit.PowerOff(), guest.end("poweroff -f"));
    }
  }

  private static long reboots(LinuxGuest guest) {
    List<VmEvent> events = guest.events();
    return events.stream().filter(VmEvent.Rebooted.class::isInstance).count();
  }
}
