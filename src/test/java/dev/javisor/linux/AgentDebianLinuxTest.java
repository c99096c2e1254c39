package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VirtualMachine;
import dev.javisor.Wait;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestPackages;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The agent in a whole Debian, whose disk knows nothing of it. */
@Tag("linux-guest")
@Timeout(600)
class AgentDebianLinuxTest {
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  private static VirtualMachine.Builder debian() {
    return VirtualMachine.builder()
        .memory("1024M")
        .disk(disk -> disk.path(LinuxDisks.debian()))
        .cmdline("console=ttyS0 root=/dev/vda1 rw quiet")
        .timeoutMultiplier(5)
        .agent();
  }

  private static void check(VirtualMachine vm) throws InterruptedException {
    vm.agent().awaitReady(PATIENCE);
    // Before an initramfs hands over to the disk, it answers there; and systemd comes later still.
    vm.waitFor(Wait.command("test", "-S", "/run/systemd/private").timeout(PATIENCE));
    String state =
        vm.agent()
            .command("systemctl", "is-system-running", "--wait")
            .timeout(PATIENCE)
            .run()
            .stdout();
    assertTrue(state.matches("(running|degraded)\n"), state);
    assertEquals("systemd\n", vm.exec("cat", "/proc/1/comm").stdout());
    assertEquals("/dev/vda1\n", vm.exec("findmnt", "-no", "SOURCE", "/").stdout());
    assertEquals("debian", vm.agent().facts().osRelease().get("ID"));
    assertEquals("nobody\n", vm.agent().command("id", "-un").user("nobody").run().stdout());
    vm.agent().write("/root/by-agent", "on the disk");
    assertEquals("", vm.exec("sh", "-c", "rm /root/by-agent; ls /javisor 2> /dev/null").stdout());
    // Nothing in this Debian listens to the power button.
    vm.exec("systemctl", "--no-block", "poweroff").requireSuccess();
    assertEquals(new VmExit.PowerOff(), vm.awaitExit(PATIENCE));
  }

  @Test
  void shouldMountTheRoot_whenThereIsNoInitramfs() throws Exception {
    try (VirtualMachine vm = debian().kernel(GuestPackages.debian().kernel()).build().boot()) {
      check(vm);
    }
  }

  @Test
  void shouldStartBeforeTheDistributionsInitramfs() throws Exception {
    try (VirtualMachine vm =
        debian().kernel(LinuxDisks.kernel()).initramfs(LinuxDisks.initrd()).build().boot()) {
      check(vm);
    }
  }
}
