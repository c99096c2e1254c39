package dev.javisor.internal.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.agent.ExecResult;
import dev.javisor.agent.ExitStatus;
import dev.javisor.agent.GuestProcess;
import dev.javisor.error.AgentException;
import dev.javisor.error.AgentException.Reason;
import dev.javisor.error.GuestExecException;
import dev.javisor.error.GuestTimeoutException;
import dev.javisor.error.OutputLimitException;
import dev.javisor.internal.agent.program.AgentProgram;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands, by the real agent as a process of this machine. */
@Timeout(120)
class AgentExecTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int THOUSAND = 1000;

  @TempDir private Path folder;
  private AgentProgram program;
  private ClientFixture fixture;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    program = AgentProgram.start(folder);
    fixture = new ClientFixture(timeout -> SocketAgentChannel.connect(program.socket()));
    agent = fixture.client();
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    program.close();
  }

  @Test
  void shouldTellOutputAndStatus() throws Exception {
    ExecResult result = agent.exec("sh", "-c", "echo out; echo err >&2; exit 3");

    assertEquals("out\n", result.stdout());
    assertEquals("err\n", result.stderr());
    assertEquals(new ExitStatus.Exited(3), result.status());
    assertEquals(List.of("sh", "-c", "echo out; echo err >&2; exit 3"), result.argv());
    assertTrue(
        assertThrows(IllegalStateException.class, result::requireSuccess)
            .getMessage()
            .contains("err"));
  }

  @Test
  void shouldTellTheSignal() throws Exception {
    ExecResult result = agent.exec("sh", "-c", "kill -TERM $$");

    assertEquals(new ExitStatus.Signaled(15, false), result.status());
    assertEquals(143, result.exitCode());
  }

  @Test
  void shouldGiveItInputEnvironmentAndFolder() throws Exception {
    ExecResult result =
        agent
            .command("sh", "-c", "cat; echo \"$NAME\"; pwd")
            .stdin("käse\n")
            .env("NAME", "a=b c")
            .directory(folder.toString())
            .run();

    assertEquals("käse\na=b c\n" + folder.toRealPath() + "\n", result.stdout());
  }

  @Test
  void shouldHaveNoOtherEnvironment_whenItIsCleared() throws Exception {
    ExecResult result = agent.command("/usr/bin/env").clearEnvironment().env("ONLY", "this").run();

    assertEquals("ONLY=this\n", result.stdout());
  }

  @Test
  void shouldCarryManyBytesBothWays() throws Exception {
    byte[] much = new byte[5_000_000];
    new Random(1).nextBytes(much);

    assertArrayEquals(much, agent.command("cat").stdin(much).run().stdoutBytes());
    assertArrayEquals(
        much, agent.command("cat").stdin(new ByteArrayInputStream(much)).run().stdoutBytes());
  }

  @Test
  void shouldEndAtOnce_whenItDoesNotReadItsInput() throws Exception {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'y';
          }
        };

    assertEquals(0, agent.command("true").stdin(endless).run().exitCode());
    assertEquals(0, agent.command("true").stdin(new byte[1 << 20]).run().exitCode());
  }

  @Test
  void shouldSayThatTheCallersStreamFailed() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the tape is torn");
          }
        };

    UncheckedIOException e =
        assertThrows(UncheckedIOException.class, () -> agent.command("cat").stdin(broken).run());

    assertEquals("the tape is torn", e.getCause().getMessage());
  }

  @Test
  void shouldMergeErrors_whenAsked() throws Exception {
    ExecResult result = agent.command("sh", "-c", "echo 1; echo 2 >&2; echo 3").mergeErrors().run();

    assertEquals("1\n2\n3\n", result.stdout());
    assertEquals("", result.stderr());
  }

  @Test
  void shouldHaveATerminal_whenAsked() throws Exception {
    ExecResult result = agent.command("sh", "-c", "stty size; cat").terminal(100, 40).run();

    assertEquals("40 100\r\n", result.stdout());
  }

  @Test
  void shouldSayWhyItCannotStart() {
    GuestExecException missing =
        assertThrows(GuestExecException.class, () -> agent.exec("no-such-program"));
    GuestExecException folderless =
        assertThrows(
            GuestExecException.class, () -> agent.command("true").directory("/nowhere").run());
    GuestExecException stranger =
        assertThrows(GuestExecException.class, () -> agent.command("true").user("nobody9").run());
    GuestExecException endless =
        assertThrows(
            GuestExecException.class, () -> agent.command("true", "x".repeat(5 << 20)).run());

    assertEquals("ENOENT", missing.errno());
    assertEquals(GuestExecException.Stage.EXECUTE, missing.stage());
    assertEquals(GuestExecException.Stage.DIRECTORY, folderless.stage());
    assertEquals(GuestExecException.Stage.USER, stranger.stage());
    assertEquals("E2BIG", endless.errno());
  }

  @Test
  void shouldRefuseWhatCannotBeSaid() {
    assertThrows(IllegalArgumentException.class, () -> agent.command());
    assertThrows(IllegalArgumentException.class, () -> agent.command("a\0b"));
    assertThrows(IllegalArgumentException.class, () -> agent.command("a").env("", "b"));
    assertThrows(IllegalArgumentException.class, () -> agent.command("a").env("a=b", "b"));
    assertThrows(IllegalArgumentException.class, () -> agent.command("a").directory("tmp"));
    assertThrows(IllegalArgumentException.class, () -> agent.command("a").terminal(0, 1));
    assertThrows(IllegalArgumentException.class, () -> agent.command("a").timeout(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> agent.command("a").outputLimit(-1));
  }

  @Test
  void shouldKillItAndKeepWhatItPrinted_whenTheTimeIsUp() throws Exception {
    GuestTimeoutException e =
        assertThrows(
            GuestTimeoutException.class,
            () ->
                agent
                    .command("sh", "-c", "echo so far; exec sleep 1000")
                    .timeout(Duration.ofSeconds(2))
                    .run());

    assertEquals("so far\n", e.partialStdout());
    awaitNoDescendant();
  }

  private void awaitNoDescendant() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!program.descendants().isEmpty()) {
      assertTrue(System.nanoTime() < deadline, () -> "left: " + program.descendants());
      Thread.sleep(10);
    }
  }

  @Test
  void shouldKillIt_whenItPrintsTooMuch() throws Exception {
    OutputLimitException e =
        assertThrows(
            OutputLimitException.class, () -> agent.command("yes").outputLimit(100_000).run());

    assertEquals(100_000, e.partialStdout().length());
    awaitNoDescendant();
  }

  @Test
  void shouldStopIt_whenNobodyReads() throws Exception {
    try (GuestProcess yes = agent.command("yes").start()) {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (yes.stdout().available() < ExecSession.WINDOW) {
        assertTrue(System.nanoTime() < deadline);
        Thread.sleep(10);
      }
      Thread.sleep(100);

      assertEquals(ExecSession.WINDOW, yes.stdout().available());
      assertEquals('y', yes.stdout().read());
    }
    awaitNoDescendant();
  }

  @Test
  void shouldStreamGigabytesThroughLittleMemory() throws Exception {
    try (GuestProcess zeros =
        agent.command("head", "-c", Integer.toString(500_000_000), "/dev/zero").start()) {
      assertEquals(500_000_000, zeros.stdout().transferTo(java.io.OutputStream.nullOutputStream()));
      assertEquals(new ExitStatus.Exited(0), zeros.waitFor(PATIENCE));
    }
  }

  @Test
  void shouldTalkWithIt() throws Exception {
    try (GuestProcess cat = agent.command("cat").start()) {
      for (int i = 0; i < 100; i++) {
        cat.stdin().write(("line " + i + "\n").getBytes(UTF_8));
        String line = "line " + i + "\n";
        assertEquals(line, new String(cat.stdout().readNBytes(line.length()), UTF_8));
      }
      cat.stdin().close();

      assertEquals(-1, cat.stdout().read());
      assertEquals(new ExitStatus.Exited(0), cat.waitFor(PATIENCE));
      assertEquals(new ExitStatus.Exited(0), cat.exit().get());
    }
  }

  @Test
  void shouldSignalIt() throws Exception {
    try (GuestProcess sleep = agent.command("sleep", "1000").start()) {
      assertTrue(sleep.pid() > 0);
      assertThrows(GuestTimeoutException.class, () -> sleep.waitFor(Duration.ofMillis(50)));
      sleep.signal(10);

      assertEquals(new ExitStatus.Signaled(10, false), sleep.waitFor(PATIENCE));
      sleep.kill();
    }
  }

  @Test
  void shouldKillIt_whenItIsClosed() throws Exception {
    GuestProcess sleep = agent.command("sleep", "1000").start();
    sleep.close();

    AgentException e = assertThrows(AgentException.class, () -> sleep.waitFor(PATIENCE));
    assertEquals(Reason.CLOSED, e.reason());
    assertThrows(IOException.class, () -> sleep.stdout().read());
    awaitNoDescendant();
  }

  @Test
  void shouldGiveUp_whenTheThreadIsInterrupted() throws Exception {
    Path mark = folder.resolve("mark");
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<ExecResult> run =
          thread.submit(() -> agent.exec("sh", "-c", "touch " + mark + "; exec sleep 1000"));
      while (!Files.exists(mark)) {
        Thread.sleep(10);
      }
      thread.shutdownNow();

      ExecutionException e = assertThrows(ExecutionException.class, run::get);
      assertInstanceOf(InterruptedException.class, e.getCause());
    } finally {
      thread.shutdownNow();
    }
    awaitNoDescendant();
  }

  @Test
  void shouldRunAThousandAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THOUSAND);
    try {
      List<Future<ExecResult>> results = new ArrayList<>();
      for (int i = 0; i < THOUSAND; i++) {
        String number = Integer.toString(i);
        results.add(threads.submit(() -> agent.command("echo", number).timeout(PATIENCE).run()));
      }
      for (int i = 0; i < THOUSAND; i++) {
        assertEquals(i + "\n", results.get(i).get().stdout());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void shouldSayThatItIsBusy_whenNoTurnComesInTime() throws Exception {
    AgentSettings few = new AgentSettings(1, 2, PATIENCE);
    try (ClientFixture narrow =
            new ClientFixture(timeout -> SocketAgentChannel.connect(program.socket()), few);
        GuestProcess first = narrow.client().command("sleep", "1000").start();
        GuestProcess second = narrow.client().command("sleep", "1000").start()) {
      AgentException e =
          assertThrows(
              AgentException.class,
              () -> narrow.client().command("true").timeout(Duration.ofMillis(100)).run());

      assertEquals(Reason.BUSY, e.reason());
      assertTrue(first.pid() != second.pid());
    }
  }

  @Test
  void shouldEndAllAtOnce_whenTheAgentIsLost() throws Exception {
    try (GuestProcess sleep = agent.command("sleep", "1000").start()) {
      fixture.loseAgent();

      AgentException e = assertThrows(AgentException.class, () -> sleep.waitFor(PATIENCE));
      assertEquals(Reason.LOST, e.reason());
      IOException read = assertThrows(IOException.class, () -> sleep.stdout().read());
      assertInstanceOf(AgentException.class, read.getCause());
    }
    AgentException none =
        assertThrows(
            AgentException.class, () -> agent.command("true").timeout(Duration.ofMillis(50)).run());
    assertEquals(Reason.NOT_PRESENT, none.reason());
  }
}
