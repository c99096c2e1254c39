package dev.javisor.internal.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.agent.program.AgentPeer.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ExecProgramTest {
  private static final int SIGTERM = 15;

  @TempDir Path folder;
  private AgentProgram agent;

  @BeforeEach
  void start() throws Exception {
    agent = AgentProgram.start(folder);
  }

  @AfterEach
  void stop() throws IOException {
    agent.close();
  }

  private Result run(int flags, String... argv) throws IOException {
    try (AgentPeer peer = agent.connect()) {
      Result result = peer.exec(flags, argv).grantAll().finish();
      assertNull(peer.receive(), "the agent closes after EXIT");
      return result;
    }
  }

  private void assertFails(int error, int stage, Payload request) throws IOException {
    try (AgentPeer peer = agent.connect()) {
      peer.send(Frame.EXEC, request).expectFailed(error, stage);
    }
  }

  private static Payload command(String user, String directory, String... argv) {
    return AgentPeer.command(0, user, directory, new String[0], argv);
  }

  @Test
  void shouldKeepStreamsApart_andTellTheExitCode() throws IOException {
    assertEquals(
        new Result(Result.EXITED, 3, "out\n", "err\n"),
        run(0, "sh", "-c", "echo out; echo err >&2; exit 3"));
  }

  @Test
  void shouldTellTheSignal() throws IOException {
    assertEquals(new Result(Result.SIGNALED, SIGTERM, "", ""), run(0, "sh", "-c", "kill -TERM $$"));
  }

  @Test
  void shouldMergeStandardError() throws IOException {
    assertEquals("a\nb\n", run(AgentPeer.MERGE, "sh", "-c", "echo a; echo b >&2").out());
  }

  @Test
  void shouldRunWithoutStandardInput() throws IOException {
    assertEquals(
        new Result(Result.EXITED, 0, "", ""), run(AgentPeer.NO_STDIN, "cat"), "cat ends at once");
  }

  @Test
  void shouldPassArgumentsAsTheyAre() throws IOException {
    assertEquals(
        "<two words><><new\nline><'$HOME'>",
        run(0, "printf", "<%s>", "two words", "", "new\nline", "'$HOME'").out());
  }

  @Test
  void shouldTakeArgumentsOfMegabytes() throws IOException {
    String[] argv = new String[21];
    java.util.Arrays.fill(argv, "x".repeat(100_000));
    argv[0] = "echo";

    assertEquals(20 * 100_001, run(0, argv).out().length());
  }

  @Test
  void shouldSetTheEnvironment() throws IOException {
    try (AgentPeer peer = agent.connect()) {
      String[] env = {"A=first", "A=b=c", "EMPTY="};
      Result result =
          peer.send(Frame.EXEC, AgentPeer.command(AgentPeer.CLEAR, "", "", env, "/usr/bin/env"))
              .grantAll()
              .finish();

      assertEquals("A=b=c\nEMPTY=\n", result.out());
    }
    List<String> defaults = run(0, "env").out().lines().toList();
    assertTrue(defaults.contains("LANG=C.UTF-8"), defaults::toString);
    assertTrue(defaults.stream().anyMatch(line -> line.startsWith("PATH=/usr/local/sbin:")));
    assertTrue(defaults.stream().anyMatch(line -> line.startsWith("HOME=/")));
  }

  @Test
  void shouldFindTheCommandByItsOwnPath() throws IOException {
    try (AgentPeer peer = agent.connect()) {
      String[] env = {"PATH=" + folder};
      peer.send(Frame.EXEC, AgentPeer.command(0, "", "", env, "true"))
          .expectFailed(Frame.ENOENT, Frame.STAGE_EXECUTE);
    }
  }

  @Test
  void shouldRunInTheDirectory() throws IOException {
    try (AgentPeer peer = agent.connect()) {
      Result result = peer.send(Frame.EXEC, command("", "/usr", "pwd")).grantAll().finish();

      assertEquals("/usr\n", result.out());
    }
  }

  @Test
  void shouldRunAsAnotherUser_whereTheAgentIsRoot() throws IOException {
    if (!AgentProgram.isRoot()) {
      assertFails(Frame.EPERM, Frame.STAGE_USER, command("0", "", "id"));
      return;
    }
    try (AgentPeer peer = agent.connect()) {
      Result result =
          peer.send(Frame.EXEC, command("65534:12345", "/", "sh", "-c", "id -u; id -g; id -G"))
              .grantAll()
              .finish();

      assertEquals("65534\n12345\n12345\n", result.out());
    }
    try (AgentPeer peer = agent.connect()) {
      Result result =
          peer.send(Frame.EXEC, command("daemon", "", "sh", "-c", "id -un; echo $USER; pwd"))
              .grantAll()
              .finish();

      assertEquals("daemon\ndaemon\n/usr/sbin\n", result.out());
    }
  }

  @Test
  void shouldTellWhyACommandCannotStart() throws IOException {
    Path plain = Files.writeString(folder.resolve("plain"), "echo no interpreter");
    Path script = Files.writeString(folder.resolve("script"), "no program at all");
    Files.setPosixFilePermissions(script, Files.getPosixFilePermissions(folder));

    assertFails(Frame.ENOENT, Frame.STAGE_EXECUTE, command("", "", "no-such-command"));
    assertFails(Frame.ENOENT, Frame.STAGE_EXECUTE, command("", "", ""));
    assertFails(Frame.EACCES, Frame.STAGE_EXECUTE, command("", "", plain.toString()));
    assertFails(Frame.ENOEXEC, Frame.STAGE_EXECUTE, command("", "", script.toString()));
    assertFails(Frame.EACCES, Frame.STAGE_EXECUTE, command("", "", folder.toString()));
    assertFails(Frame.ENOENT, Frame.STAGE_DIRECTORY, command("", "/no/such/folder", "true"));
    assertFails(Frame.ENOTDIR, Frame.STAGE_DIRECTORY, command("", plain.toString(), "true"));
    assertFails(Frame.ENOENT, Frame.STAGE_USER, command("nobody-of-this-name", "", "true"));
    assertFails(Frame.ENOENT, Frame.STAGE_USER, command("0:no-such-group", "", "true"));
  }

  @Test
  void shouldNotWaitForChildrenThatTheCommandLeaves() throws Exception {
    long started = System.nanoTime();
    Result result = run(0, "sh", "-c", "sleep 100 & echo $!");

    ProcessHandle left = ProcessHandle.of(Long.parseLong(result.out().strip())).orElseThrow();
    assertTrue(left.isAlive(), "what the command left in the background lives on");
    assertTrue(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started) < 90);
    left.destroyForcibly();
  }

  @Test
  void shouldSendWhatWasPrintedLast() throws IOException {
    for (int i = 0; i < 20; i++) {
      assertEquals(60_000, run(0, "head", "-c", "60000", "/dev/zero").out().length());
    }
  }

  @Test
  void shouldKill_whenTheHostGoes() throws Exception {
    ProcessHandle command;
    ProcessHandle child;
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "sh", "-c", "sleep 1000 & echo $!; wait").grant(1, 100);
      command = ProcessHandle.of(peer.expect(Frame.STARTED).u32(0)).orElseThrow();
      peer.expect(Frame.CREDIT);
      String pid =
          new String(peer.expect(Frame.DATA).payload(), java.nio.charset.StandardCharsets.US_ASCII);
      child = ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
      assertTrue(command.isAlive());
    }

    command.onExit().get(60, TimeUnit.SECONDS);
    awaitGone(child);
  }

  /** A process that no parent waits for, as in a container without an init, is gone as a zombie. */
  private static void awaitGone(ProcessHandle process) throws Exception {
    Path status = Path.of("/proc", Long.toString(process.pid()), "stat");
    while (process.isAlive()) {
      try {
        if (Files.readString(status).contains(") Z ")) {
          return;
        }
      } catch (IOException e) {
        return;
      }
      Thread.sleep(20);
    }
  }

  @Test
  void shouldKill_whenTheAgentItselfIsKilled() throws Exception {
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "sleep", "1000");
      ProcessHandle command = ProcessHandle.of(peer.expect(Frame.STARTED).u32(0)).orElseThrow();

      agent.process().destroyForcibly();

      awaitGone(command);
    }
  }

  @Test
  void shouldPassSignals() throws IOException {
    try (AgentPeer peer = agent.connect()) {
      peer.exec(
          0,
          "sh",
          "-c",
          "trap 'echo caught; exit 7' TERM; echo ready; while :; do sleep 0.05; done");
      peer.grantAll().expect(Frame.STARTED);
      peer.expect(Frame.CREDIT);
      assertEquals("ready\n", new String(peer.expect(Frame.DATA).payload()));

      peer.send(Frame.SIGNAL, new Payload().u32(SIGTERM));

      assertEquals(7, peer.finish().value());
    }
  }

  @Test
  void shouldRunManyAtOnce() throws IOException {
    List<AgentPeer> peers = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        peers.add(agent.connect().exec(0, "sh", "-c", "read line; echo $line " + i).grantAll());
      }
      for (AgentPeer peer : peers) {
        peer.expect(Frame.STARTED);
        peer.send(Frame.DATA, 0, "hello\n".getBytes());
      }
      for (int i = 0; i < 200; i++) {
        assertEquals("hello " + i + "\n", peers.get(i).finish().out());
      }
    } finally {
      for (AgentPeer peer : peers) {
        peer.close();
      }
    }
  }

  @Test
  void shouldGiveATerminal() throws IOException {
    assertTrue(run(AgentPeer.PTY, "tty").out().startsWith("/dev/pts/"));
    assertEquals("24 80\r\n", run(AgentPeer.PTY, "stty", "size").out());
    assertEquals("not a tty\n", run(0, "tty").out());
    assertNotEquals("", run(AgentPeer.PTY, "sh", "-c", "echo $TERM").out().strip());
  }

  @Test
  void shouldEndATerminalsInput_amidALineToo() throws IOException {
    for (String input : new String[] {"", "line\n", "line\namid"}) {
      try (AgentPeer peer = agent.connect()) {
        peer.exec(AgentPeer.PTY, "sh", "-c", "stty -echo; echo ready; cat").grantAll();
        peer.expect(Frame.STARTED);
        while (!new String(receiveData(peer)).contains("ready")) {}
        peer.send(Frame.DATA, 0, input.getBytes());

        assertEquals(input.replace("\n", "\r\n"), finishTerminal(peer, input.isEmpty()));
      }
    }
  }

  private static byte[] receiveData(AgentPeer peer) throws IOException {
    Frame frame = peer.receive();
    return frame != null && frame.type() == Frame.DATA && frame.stream() == 1
        ? frame.payload()
        : new byte[0];
  }

  private static String finishTerminal(AgentPeer peer, boolean ended) throws IOException {
    if (!ended) {
      peer.send(Frame.DATA, 0, new byte[0]);
    }
    StringBuilder text = new StringBuilder();
    while (true) {
      Frame frame = peer.receive();
      if (frame == null || frame.type() == Frame.EXIT) {
        assertFalse(frame == null, "EXIT comes");
        return text.toString().replaceFirst("^\r\n", "");
      }
      if (frame.type() == Frame.DATA) {
        text.append(new String(frame.payload()));
      }
    }
  }

  @Test
  void shouldResizeATerminal() throws IOException {
    try (AgentPeer peer = agent.connect()) {
      peer.exec(AgentPeer.PTY, "sh", "-c", "stty -echo; echo ready; read line; stty size")
          .grantAll();
      peer.expect(Frame.STARTED);
      while (!new String(receiveData(peer)).contains("ready")) {}

      peer.send(Frame.RESIZE, new Payload().u16(132).u16(50));
      peer.send(Frame.DATA, 0, "\n".getBytes());

      assertTrue(finishTerminal(peer, true).contains("50 132"));
    }
  }
}
