package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.javisor.agent.Agent;
import dev.javisor.agent.Command;
import dev.javisor.agent.ExecResult;
import dev.javisor.agent.ExitStatus;
import dev.javisor.error.AgentException;
import dev.javisor.error.GuestConnectException;
import dev.javisor.error.GuestExecException;
import dev.javisor.error.WaitException;
import dev.javisor.error.WaitTimeoutException;
import dev.javisor.event.VmExit;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Waits for what the agent finds out. */
@Timeout(60)
class WaitAgentTest {
  private final FakeWaitGuest guest = new FakeWaitGuest();
  private final Agent agent = mock(Agent.class);

  @BeforeEach
  void giveAnAgent() {
    when(guest.vm.agent()).thenReturn(agent);
    when(agent.ready()).thenReturn(true);
  }

  @Test
  void shouldReturn_whenTheAgentHasCome() throws Exception {
    agentComesAt(Duration.ofSeconds(3));

    guest.waitFor(Wait.agent());

    assertEquals(Duration.ofSeconds(3), guest.time);
  }

  @Test
  void shouldAskNothingOfAnAgentThatHasNotCome() throws Exception {
    agentComesAt(Duration.ofSeconds(3));
    when(agent.connect(eq(80), any())).thenReturn(mock(ByteChannel.class));

    WaitTimeoutException e =
        assertThrows(
            WaitTimeoutException.class,
            () -> guest.waitFor(Wait.port(80).timeout(Duration.ofSeconds(2))));

    assertEquals("the agent is not there", e.conditions().get(0).lastFailure());
    verify(agent, never()).connect(anyInt(), any());
    guest.waitFor(Wait.port(80));
    assertEquals(Duration.ofSeconds(3), guest.time);
  }

  @Test
  void shouldSayThatTheAgentIsOfAnotherVersion() throws Exception {
    when(agent.ready()).thenReturn(false);
    doAnswer(
            call -> {
              throw new AgentException(AgentException.Reason.VERSION, "version 9", null);
            })
        .when(agent)
        .awaitReady(any());

    WaitTimeoutException e =
        assertThrows(WaitTimeoutException.class, () -> guest.waitFor(Wait.agent()));

    assertEquals("version 9", e.conditions().get(0).lastFailure());
  }

  @Test
  void shouldFailAtOnce_whenTheMachineWasBuiltWithoutAnAgent(@TempDir Path folder)
      throws Exception {
    try (VirtualMachine vm = new VmFixture(folder).boot()) {
      for (Wait wait :
          List.of(
              Wait.agent(),
              Wait.port(80),
              Wait.http(80, "/"),
              Wait.command("true"),
              Wait.any(Wait.console("x"), Wait.all(Wait.console("y"), Wait.agent())))) {
        AgentException e = assertThrows(AgentException.class, () -> vm.waitFor(wait));

        assertEquals(AgentException.Reason.NOT_PRESENT, e.reason());
        assertTrue(e.getMessage().contains("builder.agent()"), e::getMessage);
      }
    }
  }

  @Test
  void shouldWaitUntilThePortIsOpen_andCloseTheConnection() throws Exception {
    ByteChannel channel = mock(ByteChannel.class);
    when(agent.connect(eq(5432), any()))
        .thenThrow(new GuestConnectException("127.0.0.1", 5432, "ECONNREFUSED", "start it"))
        .thenReturn(channel);

    guest.waitFor(Wait.port(5432).interval(Duration.ofSeconds(2)));

    verify(channel).close();
    assertEquals(Duration.ofSeconds(2), guest.time);
  }

  @Test
  void shouldWaitForTheStatus() throws Exception {
    when(agent.connect(eq(80), any()))
        .thenAnswer(call -> new ScriptedChannel("HTTP/1.1 503 Busy\r\n\r\n"))
        .thenAnswer(call -> new ScriptedChannel(""))
        .thenAnswer(call -> new ScriptedChannel("HTTP/1.0 404 Not Found\r\n\r\n"));

    guest.waitFor(Wait.http(80, "/x").interval(Duration.ofSeconds(1)).status(404));

    assertEquals(Duration.ofSeconds(2), guest.time);
  }

  @Test
  void shouldTellTheLastStatus_andExpect200() throws Exception {
    when(agent.connect(eq(80), any()))
        .thenAnswer(call -> new ScriptedChannel("HTTP/1.1 204 No Content\r\n\r\n"));

    WaitTimeoutException e =
        assertThrows(
            WaitTimeoutException.class,
            () -> guest.waitFor(Wait.http(80, "/health").timeout(Duration.ofSeconds(1))));

    assertEquals("its status is 204", e.conditions().get(0).lastFailure());
    assertEquals(
        "HTTP port 80 of the guest answers GET /health by status 200",
        e.conditions().get(0).condition());
  }

  @Test
  void shouldRunTheCommandUntilItSucceeds() throws Exception {
    Command command = command();
    when(command.run())
        .thenThrow(
            new GuestExecException(
                List.of("pg_isready"), GuestExecException.Stage.EXECUTE, "ENOENT", "install it"))
        .thenReturn(result(2, "no response\n"))
        .thenReturn(result(0, ""));

    guest.waitFor(Wait.command("pg_isready"));

    assertEquals(Duration.ofMillis(200), guest.time);
  }

  @Test
  void shouldTellWhatTheCommandSaid_whenTheTimeIsUp() throws Exception {
    Command command = command();
    when(command.run()).thenReturn(result(2, "no response\n"));

    WaitTimeoutException e =
        assertThrows(
            WaitTimeoutException.class,
            () -> guest.waitFor(Wait.agent(), Wait.command("pg_isready", "-t", "1")));

    assertEquals("exit code 2: no response", e.conditions().get(1).lastFailure());
    assertTrue(e.getMessage().contains("the command [pg_isready, -t, 1]"), e::getMessage);
    assertTrue(e.getMessage().contains("1 of 2 met"), e::getMessage);
    verify(agent, never()).exec(any());
  }

  @Test
  void shouldThrowWhatNobodyExpects() throws Exception {
    when(agent.connect(eq(80), any())).thenThrow(new IllegalStateException("a bug"));

    assertThrows(IllegalStateException.class, () -> guest.waitFor(Wait.port(80)));
  }

  @Test
  void shouldTryOthersMeanwhile_whenOneHangs() throws Exception {
    List<Runnable> hanging = hangAllTries();
    guest.at(Duration.ofSeconds(4), () -> guest.console = "login:");

    guest.waitFor(Wait.any(Wait.port(80), Wait.console("login:")));

    assertEquals(Duration.ofSeconds(4), guest.time);
    assertEquals(1, hanging.size());
  }

  @Test
  void shouldKeepTheTimeout_whenOneHangs() {
    hangAllTries();
    guest.multiplier = 2;

    WaitTimeoutException e =
        assertThrows(
            WaitTimeoutException.class,
            () -> guest.waitFor(Wait.agent(), Wait.port(80).timeout(Duration.ofSeconds(2))));

    assertEquals(Duration.ofSeconds(4), e.waited());
    assertEquals("no answer for PT4S", e.conditions().get(1).lastFailure());
  }

  @Test
  void shouldGiveATryUp_whenItTakesTooLong_andTryAgainOnceItHasEnded() throws Exception {
    List<Runnable> hanging = hangAllTries();
    when(agent.connect(eq(80), any()))
        .thenThrow(new GuestConnectException("::1", 80, "ECONNREFUSED", "start it"))
        .thenReturn(mock(ByteChannel.class));
    List<Integer> tries = new ArrayList<>();
    guest.at(Duration.ofSeconds(8), () -> tries.add(hanging.size()));
    guest.at(Duration.ofSeconds(9), () -> hanging.get(0).run());
    guest.at(Duration.ofSeconds(11), () -> hanging.get(1).run());

    guest.waitFor(Wait.port(80));

    assertEquals(List.of(1), tries, "at 8 s, after the 5 s that a try has");
    assertEquals(Duration.ofSeconds(11), guest.time);
  }

  @Test
  void shouldFailAtOnce_whenTheGuestEndsOrPanicsWhileATryHangs() {
    hangAllTries();
    guest.at(Duration.ofSeconds(1), () -> guest.panic = "No working init found");

    WaitException e =
        assertThrows(
            WaitException.class,
            () -> guest.waitFor(Wait.command("true").interval(Duration.ofSeconds(30))));

    assertTrue(e.waited().toMillis() <= 1100, e::getMessage);
    assertTrue(e.getMessage().contains("No working init"), e::getMessage);
    guest.exit.complete(new VmExit.Reset());
    WaitException ended = assertThrows(WaitException.class, () -> guest.waitFor(Wait.port(80)));
    assertInstanceOf(VmExit.Reset.class, ended.exit().orElseThrow());
  }

  @Test
  void shouldInterruptATryThatHangs_whenTheWaitEnds() throws Exception {
    CompletableFuture<Thread> trying = hangOnThreads();
    CompletableFuture<Void> ends =
        trying.thenAcceptAsync(thread -> guest.exit.complete(new VmExit.PowerOff()));

    assertThrows(WaitException.class, () -> guest.waitInRealTime(Wait.port(80)));

    ends.join();
    // The end of a test that would hang here is the class's timeout.
    trying.join().join();
  }

  @Test
  void shouldEnd_whenInterruptedWhileATryHangs() throws Exception {
    CompletableFuture<Thread> trying = hangOnThreads();
    Thread waiter = Thread.currentThread();
    CompletableFuture<Void> interrupts = trying.thenAcceptAsync(thread -> waiter.interrupt());

    assertThrows(InterruptedException.class, () -> guest.waitInRealTime(Wait.port(80)));

    interrupts.join();
    trying.join().join();
  }

  @Test
  void shouldReturnAsSoonAsATrySucceeds() throws Exception {
    guest.threads = look -> new Thread(look).start();
    when(agent.connect(eq(80), any())).thenReturn(mock(ByteChannel.class));

    guest.waitInRealTime(Wait.port(80).interval(Duration.ofDays(1)).timeout(Duration.ofDays(2)));

    verify(agent).connect(eq(80), any());
  }

  @Test
  void shouldRefuseWhatIsNoWait() {
    assertThrows(IllegalArgumentException.class, () -> Wait.port(0));
    assertThrows(IllegalArgumentException.class, () -> Wait.port(65536));
    assertThrows(IllegalArgumentException.class, () -> Wait.http(-1, "/"));
    assertThrows(IllegalArgumentException.class, () -> Wait.http(80, "health"));
    assertThrows(IllegalArgumentException.class, () -> Wait.http(80, "/a b"));
    assertThrows(IllegalArgumentException.class, () -> Wait.http(80, "/\r\nX: y"));
    assertThrows(IllegalArgumentException.class, () -> Wait.http(80, "/").status(100));
    assertThrows(IllegalArgumentException.class, () -> Wait.http(80, "/").status(600));
    assertThrows(IllegalArgumentException.class, () -> Wait.command());
  }

  private void agentComesAt(Duration moment) throws InterruptedException {
    when(agent.ready()).thenAnswer(call -> guest.time.compareTo(moment) >= 0);
    doAnswer(
            call -> {
              throw new AgentException(AgentException.Reason.NOT_PRESENT, "after 0 ms", null);
            })
        .when(agent)
        .awaitReady(any());
  }

  /** Tries that nobody runs, but the test. */
  private List<Runnable> hangAllTries() {
    List<Runnable> hanging = new ArrayList<>();
    guest.threads =
        look -> {
          hanging.add(look);
        };
    return hanging;
  }

  /** The thread of a try that ends by an interrupt only. */
  private CompletableFuture<Thread> hangOnThreads() throws InterruptedException {
    CompletableFuture<Thread> trying = new CompletableFuture<>();
    guest.threads = look -> new Thread(look).start();
    when(agent.connect(eq(80), any()))
        .thenAnswer(
            call -> {
              trying.complete(Thread.currentThread());
              new CountDownLatch(1).await();
              throw new AssertionError("the latch is never opened");
            });
    return trying;
  }

  private Command command() {
    Command command = mock(Command.class);
    when(agent.command(any(String[].class))).thenReturn(command);
    when(command.timeout(any())).thenReturn(command);
    return command;
  }

  private static ExecResult result(int code, String stderr) {
    return new ExecResult(
        List.of("pg_isready"),
        new ExitStatus.Exited(code),
        new byte[0],
        stderr.getBytes(StandardCharsets.UTF_8),
        Duration.ZERO);
  }
}
