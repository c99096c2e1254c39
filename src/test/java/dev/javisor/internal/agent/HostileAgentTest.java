package dev.javisor.internal.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.AgentException;
import dev.javisor.error.AgentException.Reason;
import dev.javisor.error.GuestExecException;
import dev.javisor.error.GuestFileException;
import dev.javisor.error.GuestTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A guest's root can put anything in the agent's place. */
@Timeout(120)
class HostileAgentTest {
  private static final int ETC = 99;

  private static AgentException fails(FakeAgent.Script script, Call call) throws Exception {
    return fails(AgentException.class, script, call);
  }

  private static <T extends Throwable> T fails(Class<T> type, FakeAgent.Script script, Call call)
      throws Exception {
    try (ClientFixture fixture = new ClientFixture(new FakeAgent(script))) {
      Executable body = () -> call.run(fixture.client());
      return assertThrows(type, body);
    }
  }

  /** A call under test. */
  @FunctionalInterface
  private interface Call {
    void run(AgentClient client) throws Exception;
  }

  @Test
  void shouldSayThatItIsNoAgent_whenFramesHaveNoMeaning() throws Exception {
    List<FakeAgent.Script> scripts =
        List.of(
            peer -> peer.frame(ETC, 1, 2, 3),
            peer -> peer.started().frame(ETC),
            peer -> peer.started().frame(Protocol.EXIT, 7, 7, 7),
            peer -> peer.started().frame(Protocol.EXIT, 0, 256, 0),
            peer -> peer.started().frame(Protocol.EXIT, 0),
            peer -> peer.started().frame(Protocol.STARTED, 1),
            peer -> peer.started().data(0, (byte) 1),
            peer -> peer.started().data(3, (byte) 1),
            peer -> peer.started().data(1).data(1, (byte) 1),
            peer -> peer.started().writer().begin(Protocol.CREDIT, 1).u32(5).send(),
            peer ->
                peer.channel()
                    .write(java.nio.ByteBuffer.wrap(new byte[] {20, 0, 0, 0, 0, 0, 0, -1})),
            peer ->
                peer.channel()
                    .write(java.nio.ByteBuffer.wrap(new byte[] {20, 0, 1, 0, 0, 0, 0, 0})));

    for (FakeAgent.Script script : scripts) {
      AgentException e = fails(script, client -> client.exec("true"));

      assertEquals(Reason.PROTOCOL, e.reason(), e.getMessage());
    }
  }

  @Test
  void shouldKeepNoMoreThanItGranted_whenOutputIsSentUnasked() throws Exception {
    byte[] much = new byte[Protocol.PAYLOAD_LIMIT];
    AgentException e =
        fails(
            peer -> {
              peer.started();
              for (int i = 0; i < 64; i++) {
                peer.data(1, much);
              }
            },
            client -> {
              try (var process = client.command("yes").start()) {
                process.waitFor(Duration.ofSeconds(60));
              }
            });

    assertEquals(Reason.PROTOCOL, e.reason());
    assertTrue(e.getMessage().contains("granted"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "/etc", "../escape"})
  void shouldWriteNothing_whenANameIsNoName(String name, @TempDir Path folder) throws Exception {
    AgentException e =
        fails(
            peer -> peer.started().entry('d', "", "").entry('f', name, "").data(0, (byte) 1),
            client -> client.copyOut("/etc", folder.resolve("copy")));

    assertEquals(Reason.PROTOCOL, e.reason());
    try (Stream<Path> files = Files.walk(folder)) {
      assertEquals(List.of(folder, folder.resolve("copy")), files.toList());
    }
  }

  @Test
  void shouldNotGoThroughALink_thatTheGuestMadeBefore(@TempDir Path folder) throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    GuestFileException e =
        fails(
            GuestFileException.class,
            peer ->
                peer.started()
                    .entry('d', "", "")
                    .entry('l', "way", outside.toString())
                    .entry('d', "way", "")
                    .entry('f', "escaped", "")
                    .data(0),
            client -> client.copyOut("/etc", folder.resolve("copy")));

    assertEquals("ENOTDIR", e.errno());
    try (Stream<Path> files = Files.list(outside)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void shouldEndACopy_thatIsDeeperThanAnyTree(@TempDir Path folder) throws Exception {
    AgentException e =
        fails(
            peer -> {
              peer.started().entry('d', "", "");
              for (int i = 0; i < 1000; i++) {
                peer.entry('d', "d", "");
              }
            },
            client -> client.copyOut("/etc", folder.resolve("copy")));

    assertEquals(Reason.PROTOCOL, e.reason());
  }

  @Test
  void shouldStopAtTheLimit_whenAFileHasNoEnd(@TempDir Path folder) throws Exception {
    byte[] much = new byte[Protocol.PAYLOAD_LIMIT];
    GuestFileException e =
        fails(
            GuestFileException.class,
            peer -> {
              peer.started().entry('f', "", "");
              while (true) {
                peer.data(0, much);
              }
            },
            client -> client.copyOut("/x", folder.resolve("x"), copy -> copy.limit(1 << 20)));

    assertEquals("EFBIG", e.errno());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count(), "nothing half-made is left");
    }
  }

  @Test
  void shouldSayThatFactsAreNone() throws Exception {
    for (String facts : List.of("cpus=many\0", "addresses=eth0 example.org/24\n\0")) {
      AgentException e =
          fails(peer -> peer.started().data(0, facts.getBytes()).data(0), AgentClient::facts);

      assertEquals(Reason.PROTOCOL, e.reason());
    }
  }

  @Test
  void shouldSayThatItIsOfAnotherVersion() throws Exception {
    AgentException e =
        fails(peer -> peer.failed(93, Protocol.STAGE_VERSION, "2"), client -> client.exec("true"));

    assertEquals(Reason.VERSION, e.reason());
  }

  @Test
  void shouldSayWhyACommandDidNotStart() throws Exception {
    GuestExecException e =
        fails(
            GuestExecException.class,
            peer -> peer.failed(13, Protocol.STAGE_USER, "ada"),
            client -> client.exec("true"));

    assertEquals(GuestExecException.Stage.USER, e.stage());
    assertEquals("EACCES", e.errno());
  }

  @Test
  void shouldEndWithTheTime_whenItNeverAnswers() throws Exception {
    GuestTimeoutException e =
        fails(
            GuestTimeoutException.class,
            peer -> {},
            client -> client.command("true").timeout(Duration.ofMillis(200)).run());

    assertTrue(e.getMessage().contains("200 ms"), e.getMessage());
  }

  @Test
  void shouldEndAtOnce_whenTheConnectionEnds() throws Exception {
    AgentException e =
        fails(peer -> peer.started().channel().close(), client -> client.exec("true"));

    assertEquals(Reason.LOST, e.reason());
  }

  @Test
  void shouldSayWhyTheGuestTakesNoMore_whenACopyIsRefusedInTheMiddle(@TempDir Path folder)
      throws Exception {
    Path big = Files.write(folder.resolve("big"), new byte[4 << 20]);
    GuestFileException e =
        fails(
            GuestFileException.class,
            peer -> peer.started().failed(28, Protocol.STAGE_FILE, "/big").channel().close(),
            client -> client.copyIn(big, "/big"));

    assertEquals("ENOSPC", e.errno());
    assertEquals(GuestFileException.Side.GUEST, e.side());
    assertEquals("/big", e.path());
  }

  @Test
  void shouldNotBlockStdin_whenItIsNeverGranted() throws Exception {
    try (ClientFixture fixture = new ClientFixture(new FakeAgent(FakeAgent.Peer::started));
        var process = fixture.client().command("cat").start()) {
      process.close();

      assertThrows(java.io.IOException.class, () -> process.stdin().write(1));
      assertFalse(process.stdout().available() > 0);
    }
  }
}
