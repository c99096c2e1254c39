package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.javisor.config.OnReset;
import dev.javisor.error.VmStateException;
import dev.javisor.error.VsockException;
import dev.javisor.error.WaitException;
import dev.javisor.error.WaitTimeoutException;
import dev.javisor.event.VmExit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaitTest {
  private final FakeWaitGuest guest = new FakeWaitGuest();

  @Test
  void shouldReturn_whenTheConsoleShowsTheText() throws Exception {
    guest.at(Duration.ofSeconds(3), () -> guest.console = "Linux\nlogin: ");

    guest.waitFor(Wait.console("login:"));

    assertEquals(Duration.ofSeconds(3), guest.time);
  }

  @Test
  void shouldFindAPatternOverLines() throws Exception {
    guest.console = "one\ntwo 22\n";

    guest.waitFor(Wait.console(Pattern.compile("^two \\d+$", Pattern.MULTILINE)));

    assertEquals(Duration.ZERO, guest.time);
  }

  @Test
  void shouldEndAPatternThatBacktracksWithoutEnd() {
    guest.console = "a".repeat(5000) + "b";
    // The text's end makes it try all ways to split what is before it.
    Wait wait = Wait.console(Pattern.compile("(a+)+$")).timeout(Duration.ofMillis(300));

    WaitTimeoutException e =
        assertThrows(WaitTimeoutException.class, () -> guest.waitInRealTime(wait));

    assertTrue(e.conditions().get(0).lastFailure().contains("pattern"), e::getMessage);
  }

  @Test
  void shouldTellHowFarItGot_whenTheTimeIsUp() {
    guest.console = "Linux version 6\n";

    WaitTimeoutException e =
        assertThrows(
            WaitTimeoutException.class,
            () ->
                guest.waitFor(
                    Wait.console("Linux"), Wait.console("login:").timeout(Duration.ofSeconds(5))));

    assertEquals(Duration.ofSeconds(5), e.waited());
    assertEquals(Duration.ZERO, e.conditions().get(0).metAfter().orElseThrow());
    assertTrue(e.conditions().get(1).metAfter().isEmpty());
    assertEquals("not on the console", e.conditions().get(1).lastFailure());
    assertEquals(50, e.conditions().get(1).tries());
    assertEquals("the tail", e.consoleTail());
    assertEquals(1, e.vcpus().size());
    assertTrue(e.exit().isEmpty());
    assertTrue(e.getMessage().contains("1 of 2 met"), e::getMessage);
    assertTrue(e.getMessage().contains("the tail"), e::getMessage);
  }

  @Test
  void shouldWait60Seconds_whenNothingIsSaid() {
    assertThrows(WaitTimeoutException.class, () -> guest.waitFor(Wait.console("x")));

    assertEquals(Duration.ofSeconds(60), guest.time);
  }

  @Test
  void shouldMultiplyTimeouts() {
    guest.multiplier = 2.5;

    assertThrows(
        WaitTimeoutException.class,
        () -> guest.waitFor(Wait.console("x").timeout(Duration.ofSeconds(10))));

    assertEquals(Duration.ofSeconds(25), guest.time);
  }

  @Test
  void shouldTryAsOftenAsTheIntervalSays() {
    WaitTimeoutException e =
        assertThrows(
            WaitTimeoutException.class,
            () ->
                guest.waitFor(
                    Wait.all(Wait.console("x"), Wait.console("y").interval(Duration.ofSeconds(5)))
                        .timeout(Duration.ofSeconds(10))
                        .interval(Duration.ofSeconds(1))));

    assertEquals(10, e.conditions().get(0).tries());
    assertEquals(2, e.conditions().get(1).tries());
  }

  @Test
  void shouldKeepWhatWasMetOnce() throws Exception {
    guest.console = "first";
    guest.at(Duration.ofSeconds(2), () -> guest.console = "second");

    guest.waitFor(Wait.console("first"), Wait.console("second"));

    assertEquals(Duration.ofSeconds(2), guest.time);
  }

  @Test
  void shouldReturn_whenOneOfAnyIsMet() throws Exception {
    guest.at(Duration.ofSeconds(40), () -> guest.console = "b");

    guest.waitFor(
        Wait.any(
            Wait.console("a").timeout(Duration.ofSeconds(5)),
            Wait.all(Wait.console("b"), Wait.any(Wait.console("c"), Wait.console("b")))));

    assertEquals(Duration.ofSeconds(40), guest.time);
  }

  @Test
  void shouldGiveUpAny_whenEachPartsTimeIsUp() {
    assertThrows(
        WaitTimeoutException.class,
        () ->
            guest.waitFor(
                Wait.any(
                        Wait.console("a").timeout(Duration.ofSeconds(5)),
                        Wait.console("b").timeout(Duration.ofSeconds(7)))
                    .timeout(Duration.ofSeconds(100))));

    assertEquals(Duration.ofSeconds(7), guest.time);
  }

  @Test
  void shouldLetPartsTakeAsLongAsTheWhole() throws Exception {
    guest.at(Duration.ofSeconds(90), () -> guest.console = "a b");

    guest.waitFor(Wait.all(Wait.console("a"), Wait.console("b")).timeout(Duration.ofSeconds(100)));

    assertEquals(Duration.ofSeconds(90), guest.time);
  }

  @Test
  void shouldFailAtOnce_whenTheGuestEnds() {
    VmExit.Panic panic = new VmExit.Panic("VFS: Unable to mount root fs");
    guest.at(Duration.ofSeconds(2), () -> guest.exit.complete(panic));

    WaitException e =
        assertThrows(WaitException.class, () -> guest.waitFor(Wait.console("login:")));

    assertEquals(Duration.ofSeconds(2), guest.time);
    assertEquals(panic, e.exit().orElseThrow());
    assertTrue(e.getMessage().contains("Unable to mount root fs"), e::getMessage);
  }

  @Test
  void shouldHaveTheCause_whenTheHostFailed() {
    IOException cause = new IOException("KVM");
    guest.exit.complete(new VmExit.Failed(cause));

    WaitException e = assertThrows(WaitException.class, () -> guest.waitFor(Wait.vsock(1)));

    assertSame(cause, e.getCause());
    assertEquals(0, e.conditions().get(0).tries());
  }

  @Test
  void shouldFailAtOnce_whenTheKernelHangsInAPanic() {
    guest.at(Duration.ofSeconds(2), () -> guest.panic = "Attempted to kill init!");

    WaitException e =
        assertThrows(WaitException.class, () -> guest.waitFor(Wait.console("login:")));

    assertTrue(guest.time.compareTo(Duration.ofSeconds(3)) < 0, guest.time::toString);
    assertTrue(e.exit().isEmpty());
    assertTrue(e.getMessage().contains("Attempted to kill init!"), e::getMessage);
  }

  @Test
  void shouldReturn_whenTheGuestsLastWordsAreWhatWasWaitedFor() throws Exception {
    guest.at(
        Duration.ofSeconds(1),
        () -> {
          guest.console = "bye";
          guest.exit.complete(new VmExit.PowerOff());
        });

    guest.waitFor(Wait.console("bye").interval(Duration.ofSeconds(30)));

    assertEquals(Duration.ofSeconds(1), guest.time);
  }

  @Test
  void shouldConnectToTheVsockPort() throws Exception {
    Vsock vsock = mock(Vsock.class);
    VsockChannel channel = mock(VsockChannel.class);
    when(guest.vm.vsock()).thenReturn(vsock);
    when(vsock.connect(eq(5000), any()))
        .thenThrow(new VsockException(VsockException.Reason.REFUSED, "refused"))
        .thenReturn(channel);

    guest.waitFor(Wait.vsock(5000));

    verify(channel).close();
    assertEquals(Duration.ofMillis(100), guest.time);
  }

  @Test
  void shouldSayWhatIsMissing_whenThereIsNoVsockDevice() {
    when(guest.vm.name()).thenReturn("bare");
    when(guest.vm.vsock()).thenThrow(new IllegalStateException("no vsock device"));

    WaitException e = assertThrows(WaitException.class, () -> guest.waitFor(Wait.vsock(5000)));

    assertEquals(
        "VM bare was built without a vsock device, which this wait needs: call builder.vsock()",
        e.getMessage().strip());
    assertEquals(Duration.ZERO, guest.time);
  }

  @Test
  void shouldRefuseWhatIsNoWait() {
    assertThrows(IllegalArgumentException.class, () -> Wait.console(""));
    assertThrows(IllegalArgumentException.class, () -> Wait.vsock(-1));
    assertThrows(IllegalArgumentException.class, Wait::all);
    assertThrows(IllegalArgumentException.class, () -> guest.waitFor());
    assertThrows(
        IllegalArgumentException.class, () -> Wait.console("a").timeout(Duration.ofSeconds(-1)));
    assertThrows(IllegalArgumentException.class, () -> Wait.console("a").interval(Duration.ZERO));
  }

  @Test
  void shouldRefuseToWaitForAMachineThatWasNotBooted(@TempDir Path folder) {
    try (VirtualMachine vm = new VmFixture(folder).builder().build()) {
      assertThrows(VmStateException.class, () -> vm.waitFor(Wait.console("x")));
    }
  }

  @Test
  void shouldWaitForARealMachinesConsole(@TempDir Path folder) throws Exception {
    VmFixture fixture = new VmFixture(folder);
    try (VirtualMachine vm = fixture.boot()) {
      CompletableFuture<Void> writes =
          CompletableFuture.runAsync(() -> fixture.machine().guestWrites("hello\nready\n"));

      assertSame(vm, vm.waitFor(Wait.console("ready")));
      writes.join();
    }
  }

  @Test
  void shouldTellOfARealMachinesReset(@TempDir Path folder) throws Exception {
    VmFixture fixture = new VmFixture(folder);
    try (VirtualMachine vm = fixture.builder().onReset(OnReset.EXIT).build().boot()) {
      CompletableFuture<Void> reset = CompletableFuture.runAsync(fixture.machine()::guestResets);

      WaitException e =
          assertThrows(WaitException.class, () -> vm.waitFor(Wait.console("x"), Wait.console("y")));

      assertInstanceOf(VmExit.Reset.class, e.exit().orElseThrow());
      reset.join();
    }
  }

  @Test
  void shouldTellOfARealMachinesEndlessPanic(@TempDir Path folder) throws Exception {
    VmFixture fixture = new VmFixture(folder);
    try (VirtualMachine vm = fixture.boot()) {
      fixture
          .machine()
          .guestWrites(
              "[1] Kernel panic - not syncing: No init\n"
                  + "[1] ---[ end Kernel panic - not syncing: No init ]---\n");

      WaitException e = assertThrows(WaitException.class, () -> vm.waitFor(Wait.console("x")));

      assertTrue(e.getMessage().contains("No init"), e::getMessage);
      assertTrue(e.exit().isEmpty());
    }
  }

  @Test
  void shouldEnd_whenTheMachineIsClosedOrTheThreadInterrupted(@TempDir Path folder)
      throws Exception {
    VmFixture fixture = new VmFixture(folder);
    VirtualMachine vm = fixture.boot();
    CompletableFuture<Throwable> interrupted = waitElsewhere(vm, true);
    assertInstanceOf(InterruptedException.class, interrupted.join());

    CompletableFuture<Throwable> closed = waitElsewhere(vm, false);
    vm.close();

    assertInstanceOf(WaitException.class, closed.join());
  }

  private static CompletableFuture<Throwable> waitElsewhere(VirtualMachine vm, boolean interrupt)
      throws InterruptedException {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                vm.waitFor(Wait.console("never"));
              } catch (Exception e) {
                thrown.complete(e);
              }
            });
    thread.start();
    VmFixture.await(() -> thread.getState() == Thread.State.TIMED_WAITING);
    if (interrupt) {
      thread.interrupt();
    }
    return thrown;
  }
}
