package dev.javisor;

import static dev.javisor.VmFixture.LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.config.OnReset;
import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a machine whose guest resets or panics. */
@Timeout(60)
class VmPanicTest {
  @TempDir Path directory;
  private VmFixture fixture;
  private final HeardEvents heard = new HeardEvents();

  @BeforeEach
  void setUp() {
    fixture = new VmFixture(directory);
  }

  @Test
  void shouldReportAPanic_whenAResetFollowsIt() throws Exception {
    try (VirtualMachine vm =
        fixture.builder().onReset(OnReset.EXIT).listener(heard).build().boot()) {
      fixture.machine().guestWrites("[ 1.0] Kernel panic - not syncing: no init\r\n");
      VmFixture.await(() -> heard.texts.contains("panic text no init"));
      assertEquals(VmState.RUNNING, vm.state());

      fixture.machine().guestResets();

      assertEquals(new VmExit.Panic("no init"), vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldReportAPanic_whenATripleFaultFollowsIt() throws Exception {
    try (VirtualMachine vm = fixture.boot()) {
      fixture.machine().guestWrites("Kernel panic - not syncing: no init\n");
      fixture.machine().guestExits(new VmExit.TripleFault("vCPU 0"));

      assertEquals(new VmExit.Panic("no init"), vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldReportAPanic_whenAHaltFollowsIt() throws Exception {
    try (VirtualMachine vm = fixture.boot()) {
      fixture.machine().vcpuState = VcpuState.HALTED;
      fixture.machine().guestWrites("Kernel panic - not syncing: no init\n");

      assertEquals(new VmExit.Panic("no init"), vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldRunOn_whenOnlyThePanicTextIsSeen() throws Exception {
    try (VirtualMachine vm = fixture.builder().listener(heard).build().boot()) {
      fixture.machine().guestWrites("Kernel panic - not syncing: just kidding\n");
      VmFixture.await(() -> heard.texts.contains("panic text just kidding"));
      Thread.sleep(700);
      assertEquals(VmState.RUNNING, vm.state());

      fixture.machine().guestExits(new VmExit.PowerOff());
      assertEquals(new VmExit.PowerOff(), vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldReportAReset_whenAnOrderlyRestartFollowsThePanicText() throws Exception {
    try (VirtualMachine vm = fixture.builder().onReset(OnReset.EXIT).build().boot()) {
      fixture.machine().guestWrites("Kernel panic - not syncing: just kidding\n");
      fixture.machine().guestWrites("[ 9.0] reboot: Restarting system\r\n");
      fixture.machine().guestResets();

      assertEquals(new VmExit.Reset(), vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldRebootAndTellThePanic_whenAResetFollowsItByDefault() {
    try (VirtualMachine vm = fixture.builder().listener(heard).build().boot()) {
      fixture.machine().guestWrites("Kernel panic - not syncing: no init\n");
      fixture.machine().guestResets();
      fixture.machine().guestResets();
      assertEquals(VmState.RUNNING, vm.state());
    }

    assertTrue(heard.texts.contains("reboot after no init"), heard.texts::toString);
    assertEquals(1, heard.texts.stream().filter("reboot"::equals).count(), heard.texts::toString);
  }

  @Test
  void shouldReportAReset_whenAskedToExitOnIt() throws Exception {
    try (VirtualMachine vm = fixture.builder().onReset(OnReset.EXIT).build().boot()) {
      fixture.machine().guestResets();

      assertEquals(new VmExit.Reset(), vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldReboot_whenTheHostResetsIt_whateverOnResetSays() {
    try (VirtualMachine vm =
        fixture.builder().onReset(OnReset.EXIT).listener(heard).build().boot()) {
      vm.reset();
      assertEquals(VmState.RUNNING, vm.state());
    }

    assertTrue(heard.texts.contains("reboot"), heard.texts::toString);
  }
}
