package dev.javisor;

import static dev.javisor.VmFixture.LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.BootStage;
import dev.javisor.error.ExitTimeoutException;
import dev.javisor.error.GuestBootException;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.error.VmStateException;
import dev.javisor.event.VcpuState;
import dev.javisor.event.VmExit;
import dev.javisor.event.VmState;
import dev.javisor.internal.machine.HostFacts;
import dev.javisor.internal.machine.HostProblem;
import dev.javisor.internal.machine.MachineBootException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class VmLifecycleTest {
  @TempDir Path directory;
  private VmFixture fixture;

  @BeforeEach
  void setUp() {
    fixture = new VmFixture(directory);
  }

  @Test
  void shouldReturnTheRunningMachineItself_whenBooted() {
    VirtualMachine vm = fixture.builder().build();
    assertEquals(VmState.CREATED, vm.state());

    try (VirtualMachine booted = vm.boot()) {
      assertSame(vm, booted);
      assertEquals(VmState.RUNNING, vm.state());
    }
  }

  @Test
  void shouldTellHowTheGuestEnded() throws Exception {
    try (VirtualMachine vm = fixture.boot()) {
      fixture.machine().guestExits(new VmExit.PowerOff());

      assertEquals(new VmExit.PowerOff(), vm.awaitExit(LONG));
      assertEquals(new VmExit.PowerOff(), vm.exit().join());
      assertEquals(VmState.EXITED, vm.state());
    }
  }

  @Test
  void shouldThrowWithVcpusAndConsole_whenTheGuestDoesNotEndInTime() {
    try (VirtualMachine vm = fixture.boot()) {
      fixture.machine().guestWrites("one\r\ntwo\r\nlogin: ");

      ExitTimeoutException e =
          assertThrows(ExitTimeoutException.class, () -> vm.awaitExit(Duration.ofMillis(20)));

      assertEquals(VcpuState.RUNNING, e.vcpus().get(0).state());
      assertEquals("one\ntwo\nlogin: ", e.consoleTail());
      assertTrue(
          e.getMessage().contains("vCPU 0: RUNNING at rip 0x1000, exits {IO=7}"), e.getMessage());
      assertTrue(e.getMessage().contains("login: "), e.getMessage());
      assertEquals(VmState.RUNNING, vm.state());
    }
  }

  @Test
  void shouldRefuseToWaitForAnExitThatCannotCome_whenNotBooted() {
    try (VirtualMachine vm = fixture.builder().build()) {
      assertThrows(VmStateException.class, () -> vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldNotStandInTheWayOfVeryLongOrPastTimeouts() throws Exception {
    try (VirtualMachine vm = fixture.boot()) {
      assertThrows(ExitTimeoutException.class, () -> vm.awaitExit(Duration.ofSeconds(-1)));
      fixture.machine().guestExits(new VmExit.PowerOff());

      assertEquals(new VmExit.PowerOff(), vm.awaitExit(Duration.ofSeconds(Long.MAX_VALUE)));
    }
  }

  @Test
  void shouldPauseAndResume() {
    try (VirtualMachine vm = fixture.boot()) {
      vm.pause();
      assertEquals(VmState.PAUSED, vm.state());
      vm.pause();
      vm.resume();
      assertEquals(VmState.RUNNING, vm.state());
      vm.resume();

      assertEquals(List.of("boot", "pause", "resume"), fixture.machine().calls);
    }
  }

  @Test
  void shouldRunAfterAReset_whenItWasPaused() {
    try (VirtualMachine vm = fixture.boot()) {
      vm.pause();
      vm.reset();

      assertEquals(VmState.RUNNING, vm.state());
      assertTrue(fixture.machine().calls.contains("reset"));
    }
  }

  @Test
  void shouldPressThePowerButton() {
    try (VirtualMachine vm = fixture.boot()) {
      vm.powerButton();

      assertTrue(fixture.machine().calls.contains("powerButton"));
    }
  }

  @Test
  void shouldReturnTrueFromShutdown_whenTheGuestListens() throws Exception {
    try (VirtualMachine vm = fixture.boot()) {
      CompletableFuture<Boolean> down = CompletableFuture.supplyAsync(() -> shutdown(vm, LONG));
      VmFixture.await(() -> fixture.machine().calls.contains("powerButton"));
      fixture.machine().guestExits(new VmExit.PowerOff());

      assertTrue(down.get(20, TimeUnit.SECONDS));
      assertTrue(vm.shutdown(LONG), "already ended");
    }
  }

  @Test
  void shouldReturnFalseFromShutdownAndGoOn_whenTheGuestDoesNotListen() throws Exception {
    try (VirtualMachine vm = fixture.boot()) {
      assertFalse(vm.shutdown(Duration.ofMillis(20)));
      assertEquals(VmState.RUNNING, vm.state());
    }
  }

  @Test
  void shouldRefuseToShutDown_whenPaused() {
    try (VirtualMachine vm = fixture.boot()) {
      vm.pause();

      assertStateException(VmState.PAUSED, () -> vm.shutdown(LONG));
    }
  }

  @Test
  void shouldEndAsKilled_whenKilled() throws Exception {
    try (VirtualMachine vm = fixture.boot()) {
      vm.kill();

      assertEquals(new VmExit.Killed(), vm.awaitExit(LONG));
      vm.kill();
      assertEquals(VmState.EXITED, vm.state());
    }
    assertEquals(1, fixture.machine().calls.stream().filter("close"::equals).count());
  }

  @Test
  void shouldBeClosed_whenKilledBeforeItWasBooted() {
    VirtualMachine vm = fixture.builder().build();

    vm.kill();

    assertEquals(VmState.CLOSED, vm.state());
    assertEquals(new VmExit.Killed(), vm.exit().join());
  }

  @Test
  void shouldEndAsKilled_whenClosedWhileItRuns() {
    VirtualMachine vm = fixture.boot();
    CompletableFuture<VmExit> exit = vm.exit();

    vm.close();

    assertEquals(new VmExit.Killed(), exit.join());
    assertEquals(VmState.CLOSED, vm.state());
    assertFalse(fixture.machine().vcpu.isAlive());
  }

  @Test
  void shouldKeepTheExit_whenClosedAfterTheEnd() throws Exception {
    VirtualMachine vm = fixture.boot();
    fixture.machine().guestExits(new VmExit.TripleFault("vCPU 0"));

    vm.close();

    assertEquals(new VmExit.TripleFault("vCPU 0"), vm.awaitExit(LONG));
  }

  @Test
  void shouldRefuseToBootTwice() {
    try (VirtualMachine vm = fixture.boot()) {
      VmStateException e = assertStateException(VmState.RUNNING, vm::boot);
      assertTrue(e.getMessage().contains("booted before"), e.getMessage());

      fixture.machine().guestExits(new VmExit.PowerOff());
      assertStateException(VmState.EXITED, vm::boot);
    }
  }

  @Test
  void shouldRefuseWhatNeedsARunningGuest_whenItWasNotBooted() {
    try (VirtualMachine vm = fixture.builder().build()) {
      for (Executable call : callsThatNeedAGuest(vm)) {
        assertStateException(VmState.CREATED, call);
      }
    }
  }

  @Test
  void shouldRefuseWhatNeedsARunningGuest_whenItHasEnded() {
    try (VirtualMachine vm = fixture.boot()) {
      fixture.machine().guestExits(new VmExit.PowerOff());

      assertStateException(VmState.EXITED, vm::pause);
      assertStateException(VmState.EXITED, vm::resume);
      assertStateException(VmState.EXITED, vm::reset);
      VmStateException e = assertStateException(VmState.EXITED, vm::powerButton);
      assertTrue(e.getMessage().contains("PowerOff"), e.getMessage());
      assertStateException(VmState.EXITED, () -> vm.console().write("x"));
    }
  }

  @Test
  void shouldRefuseUse_whenClosed() throws Exception {
    VirtualMachine vm = fixture.boot();
    fixture.machine().guestWrites("hello\n");
    vm.close();

    for (Executable call : callsThatNeedAGuest(vm)) {
      assertStateException(VmState.CLOSED, call);
    }
    assertStateException(VmState.CLOSED, vm::boot);
    assertStateException(VmState.CLOSED, vm::vcpus);
    vm.close();
    vm.kill();
    assertEquals("test", vm.name());
    assertEquals("hello\n", vm.console().text());
    assertEquals(new VmExit.Killed(), vm.awaitExit(Duration.ZERO));
  }

  @Test
  void shouldCloseFirstAndSayHowFarItGot_whenBootFails() {
    Exception cause = new IllegalArgumentException("why");
    fixture.platform.bootFailure =
        new MachineBootException(BootStage.MEMORY, "no room", "ENOMEM", cause);
    fixture.platform.duringBoot = () -> {};
    VirtualMachine vm = fixture.builder().build();

    GuestBootException e = assertThrows(GuestBootException.class, vm::boot);

    assertEquals(BootStage.MEMORY, e.stage());
    assertEquals(Optional.of("ENOMEM"), e.errno());
    assertEquals("", e.consoleTail());
    assertEquals("boot failed at MEMORY: no room", e.getMessage());
    assertEquals(VmState.CLOSED, vm.state());
    assertEquals(List.of("boot", "kill", "close", "kill"), fixture.machine().calls);
    assertEquals(new VmExit.Failed(e), vm.exit().join());
  }

  @Test
  void shouldShowTheConsole_whenBootFailsAfterOutput() {
    fixture.platform.bootFailure =
        new MachineBootException(BootStage.START, "no thread", null, null);
    VirtualMachine vm = fixture.builder().build();
    fixture.platform.duringBoot = () -> fixture.machine().outputDuringBoot("early\r\n");

    GuestBootException e = assertThrows(GuestBootException.class, vm::boot);

    assertEquals("early\n", e.consoleTail());
    assertTrue(e.getMessage().endsWith("early\n"), e.getMessage());
  }

  @Test
  void shouldCheckTheHostAgain_whenBooted() {
    VirtualMachine vm = fixture.builder().build();
    fixture.platform.facts = HostFacts.unavailable(new HostProblem("/dev/kvm is gone", "find it"));

    HypervisorUnavailableException e = assertThrows(HypervisorUnavailableException.class, vm::boot);

    assertEquals("/dev/kvm is gone", e.reason());
    assertEquals("find it", e.fix());
    assertEquals(VmState.CLOSED, vm.state());
  }

  @Test
  void shouldFailToBoot_whenKilledMeanwhile() {
    VirtualMachine vm = fixture.builder().build();
    fixture.platform.duringBoot =
        () -> {
          vm.kill();
          fixture.platform.bootFailure =
              new MachineBootException(BootStage.KERNEL, "killed", null, null);
        };

    assertThrows(GuestBootException.class, vm::boot);

    assertTrue(fixture.machine().calls.contains("kill"));
    assertInstanceOf(VmExit.Failed.class, vm.exit().join());
  }

  @Test
  void shouldBeExited_whenTheGuestEndsBeforeBootReturns() throws Exception {
    fixture.platform.afterBoot = machine -> machine.guestExits(new VmExit.PowerOff());

    try (VirtualMachine vm = fixture.boot()) {
      assertEquals(VmState.EXITED, vm.state());
      assertEquals(new VmExit.PowerOff(), vm.awaitExit(LONG));
    }
  }

  @Test
  void shouldNotEnd_whenSomeoneCompletesTheFutureTheyGot() {
    try (VirtualMachine vm = fixture.boot()) {
      vm.exit().complete(new VmExit.PowerOff());
      vm.exit().cancel(true);

      assertFalse(vm.exit().isDone());
    }
  }

  @Test
  void shouldRunOn_whenAWaitingCallerIsInterrupted() throws Exception {
    try (VirtualMachine vm = fixture.boot()) {
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      Thread waiter =
          new Thread(
              () -> {
                try {
                  vm.awaitExit(LONG);
                } catch (Throwable e) {
                  thrown.complete(e);
                }
              });
      waiter.start();
      waiter.interrupt();

      assertInstanceOf(InterruptedException.class, thrown.get(20, TimeUnit.SECONDS));
      assertEquals(VmState.RUNNING, vm.state());
    }
  }

  @Test
  void shouldCloseAndLeaveTheFlagAlone_whenTheCallerIsInterrupted() {
    VirtualMachine vm = fixture.boot();

    Thread.currentThread().interrupt();
    vm.pause();
    vm.close();

    assertTrue(Thread.interrupted());
    assertEquals(VmState.CLOSED, vm.state());
  }

  private static boolean shutdown(VirtualMachine vm, Duration timeout) {
    try {
      return vm.shutdown(timeout);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Executable> callsThatNeedAGuest(VirtualMachine vm) {
    return List.of(
        vm::pause,
        vm::resume,
        vm::reset,
        vm::powerButton,
        () -> vm.shutdown(LONG),
        () -> vm.console().write("x"));
  }

  private static VmStateException assertStateException(VmState state, Executable call) {
    VmStateException e = assertThrows(VmStateException.class, call);
    assertEquals(state, e.state());
    return e;
  }
}
