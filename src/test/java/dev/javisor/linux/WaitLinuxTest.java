package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.VirtualMachine;
import dev.javisor.Wait;
import dev.javisor.config.OnReset;
import dev.javisor.error.WaitException;
import dev.javisor.error.WaitTimeoutException;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestPackages;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waits for what a guest's services do, and for a guest that panics meanwhile. */
@Tag("linux-guest")
@Timeout(600)
class WaitLinuxTest {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** One test, since the boot takes most of its time. */
  @Test
  void shouldWaitForServices_andEndAtOnceWhenTheGuestPanics() throws Exception {
    GuestPackages debian = GuestPackages.debian();
    try (VirtualMachine vm =
        VirtualMachine.builder()
            .name("waits")
            .kernel(debian.kernel())
            .cmdline("console=ttyS0 panic=-1 quiet")
            .memory("512M")
            .agent(agent -> agent.busybox(debian.busybox()))
            .onReset(OnReset.EXIT)
            .build()
            .boot()) {
      assertSame(vm, vm.waitFor(Wait.agent().timeout(PATIENCE)));
      shouldTellWhatIsMissing(vm);
      shouldReturn_whenTheServiceIsUp(vm);
      shouldTellOfThePanic(vm);
    }
  }

  private static void shouldTellWhatIsMissing(VirtualMachine vm) {
    WaitTimeoutException e =
        assertThrows(
            WaitTimeoutException.class,
            () ->
                vm.waitFor(
                    Wait.all(
                            Wait.command("true"),
                            Wait.port(80),
                            Wait.http(80, "/ready"),
                            Wait.command("ls", "/no/such/file"))
                        .timeout(Duration.ofSeconds(8))));

    assertTrue(e.conditions().get(0).metAfter().isPresent(), e::getMessage);
    assertTrue(e.conditions().get(1).lastFailure().contains("ECONNREFUSED"), e::getMessage);
    assertTrue(e.conditions().get(2).lastFailure().contains("ECONNREFUSED"), e::getMessage);
    assertTrue(e.conditions().get(3).lastFailure().contains("/no/such/file"), e::getMessage);
    assertEquals(1, e.vcpus().size());
  }

  private static void shouldReturn_whenTheServiceIsUp(VirtualMachine vm) throws Exception {
    String server =
        "mkdir /www; (sleep 1; httpd -p 80 -h /www; sleep 1; echo ok > /www/ready) > /dev/null 2>&1 &";
    vm.exec("sh", "-c", server).requireSuccess();

    vm.waitFor(
        Wait.all(
                Wait.port(80),
                Wait.http(80, "/missing").status(404),
                Wait.http(80, "/ready"),
                Wait.command("grep", "ok", "/www/ready"),
                Wait.any(Wait.port(81), Wait.command("pidof", "httpd")))
            .timeout(PATIENCE));
  }

  private static void shouldTellOfThePanic(VirtualMachine vm) throws Exception {
    vm.exec("sh", "-c", "(sleep 2; echo c > /proc/sysrq-trigger) > /dev/null 2>&1 &");

    WaitException e =
        assertThrows(
            WaitException.class,
            () ->
                vm.waitFor(
                    Wait.any(Wait.port(82), Wait.command("sleep", "1000")).timeout(PATIENCE)));

    assertInstanceOf(VmExit.Panic.class, e.exit().orElseThrow(), e::getMessage);
    assertTrue(e.waited().compareTo(Duration.ofMinutes(1)) < 0, e::getMessage);
    assertTrue(e.getMessage().contains("sysrq triggered crash"), e::getMessage);
    assertTrue(e.consoleTail().contains("Kernel Offset"), e::getMessage);
  }
}
