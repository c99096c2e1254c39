package dev.javisor.internal.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no host sends. */
@Timeout(120)
class MalformedProgramTest {
  private static final int EPROTO = 71;
  private static final int EINVAL = 22;
  private static final int EPROTONOSUPPORT = 93;

  @TempDir Path folder;
  private AgentProgram agent;

  @BeforeEach
  void start() throws Exception {
    agent = AgentProgram.start(folder);
  }

  @AfterEach
  void stop() throws IOException {
    assertTrue(agent.process().isAlive(), "the agent lives on");
    try (AgentPeer peer = agent.connect()) {
      assertEquals(0, peer.exec(0, "true").finish().value(), "and serves");
    }
    agent.close();
  }

  private void assertRefused(int error, int stage, byte[] bytes) throws IOException {
    try (AgentPeer peer = agent.connect()) {
      peer.write(bytes).expectFailed(error, stage);
    }
  }

  private static byte[] frame(int type, Payload payload) {
    return new Frame(type, 0, payload.bytes()).toBytes();
  }

  @ParameterizedTest
  @ValueSource(ints = {Frame.EXEC, Frame.COPY_IN, Frame.COPY_OUT, Frame.TCP, Frame.FACTS, 99})
  void shouldRefuseAnotherVersion(int type) throws IOException {
    assertRefused(EPROTONOSUPPORT, Frame.STAGE_VERSION, frame(type, new Payload().u16(2).u64(0)));
    assertRefused(EPROTONOSUPPORT, Frame.STAGE_VERSION, frame(type, new Payload().u16(0)));
  }

  @ParameterizedTest
  @ValueSource(ints = {Frame.EXEC, Frame.COPY_IN, Frame.COPY_OUT, Frame.TCP, Frame.FACTS})
  void shouldRefuseRequestsThatAreCutOffOrTooLong(int type) throws IOException {
    assertRefused(EPROTO, Frame.STAGE_REQUEST, frame(type, new Payload()));
    assertRefused(EPROTO, Frame.STAGE_REQUEST, frame(type, new Payload().u8(1)));
    assertRefused(EPROTO, Frame.STAGE_REQUEST, frame(type, new Payload().u16(1).u8(0)));
    assertRefused(
        EPROTO,
        Frame.STAGE_REQUEST,
        frame(type, new Payload().u16(1).u64(0).u64(0).u64(0).u64(0).u64(0)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 20, 21, 30, 31, 34, 40, 43, 200, 255})
  void shouldRefuseFramesThatAreNoRequest(int type) throws IOException {
    assertRefused(EPROTO, Frame.STAGE_REQUEST, frame(type, new Payload().u16(1)));
  }

  @Test
  void shouldRefuseHeadersThatAreWrong() throws IOException {
    byte[] reserved = frame(Frame.FACTS, new Payload().u16(1).u16(0));
    reserved[2] = 1;
    assertRefused(EPROTO, Frame.STAGE_REQUEST, reserved);
    assertRefused(EPROTO, Frame.STAGE_REQUEST, new byte[] {Frame.COPY_IN, 0, 0, 0, 1, 0, 1, 0});
    assertRefused(EPROTO, Frame.STAGE_REQUEST, new byte[] {Frame.EXEC, 0, 0, 0, 1, 0, 64, 0});
    assertRefused(EPROTO, Frame.STAGE_REQUEST, new byte[] {Frame.EXEC, 0, 0, 0, -1, -1, -1, -1});
  }

  @Test
  void shouldRefuseCommandsThatAreNone() throws IOException {
    String[] none = {};
    assertRefused(
        EINVAL, Frame.STAGE_REQUEST, frame(Frame.EXEC, AgentPeer.command(0, "", "", none)));
    assertRefused(
        EINVAL,
        Frame.STAGE_REQUEST,
        frame(Frame.EXEC, AgentPeer.command(0, "", "", new String[] {"NO_VALUE"}, "true")));
    assertRefused(
        EINVAL,
        Frame.STAGE_REQUEST,
        frame(Frame.EXEC, AgentPeer.command(0, "", "", new String[] {"=x"}, "true")));
    assertRefused(
        EPROTO, Frame.STAGE_REQUEST, frame(Frame.EXEC, AgentPeer.command(0, "", "", none, "a\0b")));
    assertRefused(
        EINVAL,
        Frame.STAGE_REQUEST,
        frame(Frame.EXEC, AgentPeer.command(1 << 8, "", "", none, "true")));
  }

  @Test
  void shouldNotTakeACountForMemory() throws IOException {
    Payload huge = new Payload().u16(1).u16(0).u16(0).u16(0).string("").string("").u32(0xffffffffL);
    assertRefused(EPROTO, Frame.STAGE_REQUEST, frame(Frame.EXEC, huge.u64(0)));
  }

  @Test
  void shouldEndQuietly_whenTheHostLeavesWithinARequest() throws IOException {
    for (int length : new int[] {0, 1, 7, 8, 20}) {
      byte[] request =
          frame(Frame.EXEC, AgentPeer.command(0, "", "", new String[0], "echo", "hello"));
      try (AgentPeer peer = agent.connect()) {
        peer.write(Arrays.copyOf(request, length));
        peer.channel().shutdownOutput();
        assertNull(peer.receive());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 20, 32, 34, 40, 255})
  void shouldKillTheCommand_whenAFrameMakesNoSense(int type) throws Exception {
    ProcessHandle command;
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "sleep", "1000");
      command = ProcessHandle.of(peer.expect(Frame.STARTED).u32(0)).orElseThrow();
      peer.expect(Frame.CREDIT);

      peer.send(type, 0, new byte[3]);

      peer.expectFailed(EPROTO, Frame.STAGE_REQUEST);
    }
    command.onExit().get(60, TimeUnit.SECONDS);
  }

  @Test
  void shouldRefuseSignalsThatAreNone() throws IOException {
    for (int number : new int[] {0, 65, -1}) {
      try (AgentPeer peer = agent.connect()) {
        peer.exec(0, "sleep", "1000").expect(Frame.STARTED);
        peer.expect(Frame.CREDIT);
        peer.send(Frame.SIGNAL, new Payload().u32(number))
            .expectFailed(EPROTO, Frame.STAGE_REQUEST);
      }
    }
  }

  @Test
  void shouldSurviveRandomBytes() throws IOException {
    Random random = new Random(20261123);
    int[] types = {Frame.EXEC, Frame.COPY_IN, Frame.COPY_OUT, Frame.TCP, Frame.FACTS};
    for (int round = 0; round < 300; round++) {
      byte[] payload = new byte[random.nextInt(200)];
      random.nextBytes(payload);
      if (payload.length >= 2 && random.nextInt(4) > 0) {
        payload[0] = 1;
        payload[1] = 0;
      }
      byte[] bytes = new Frame(types[random.nextInt(types.length)], 0, payload).toBytes();
      drain(Arrays.copyOf(bytes, bytes.length - random.nextInt(2) * random.nextInt(bytes.length)));
    }
  }

  /** Sound frames in a wrong order, and with values changed. */
  @Test
  void shouldSurviveCopiesThatMakeNoSense() throws IOException {
    Random random = new Random(20261124);
    Path target = Files.createDirectory(folder.resolve("target"));
    for (int round = 0; round < 300; round++) {
      try (AgentPeer peer = agent.connect()) {
        peer.send(
            Frame.COPY_IN,
            new Payload().u16(1).u16(0).u32(-1).u32(-1).string(target + "/t" + round));
        peer.write(entry(random, "fd".charAt(random.nextInt(2)), "", ""));
        for (int i = random.nextInt(12); i >= 0; i--) {
          peer.write(randomFrame(random));
        }
        peer.channel().shutdownOutput();
        while (peer.receive() != null) {}
      } catch (IOException e) {
        // The agent closes as soon as it has refused.
        assertTrue(AgentPeer.hasClosed(e), e::toString);
      }
    }
    try (var files = Files.list(folder)) {
      assertEquals(
          Set.of("agent", "socket", "target"),
          files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()),
          "nothing but below the target");
    }
  }

  private static byte[] randomFrame(Random random) {
    String[] names = {"", "a", "b", "c", ".", "..", "../x", "/x", "a/b"};
    return switch (random.nextInt(8)) {
      case 0 -> new Frame(Frame.LEAVE, 0, new byte[random.nextInt(8) / 7]).toBytes();
      case 1 -> new Frame(Frame.DONE, 0, new byte[0]).toBytes();
      case 2, 3, 4 ->
          new Frame(Frame.DATA, random.nextInt(8) / 7, new byte[random.nextInt(3)]).toBytes();
      case 5 -> new Frame(random.nextInt(256), 0, new byte[random.nextInt(9)]).toBytes();
      default -> {
        char kind = "fdlx".charAt(random.nextInt(4));
        String name = names[random.nextInt(names.length)];
        yield entry(random, kind, name, kind == 'l' ? names[random.nextInt(names.length)] : "");
      }
    };
  }

  private static byte[] entry(Random random, char kind, String name, String target) {
    Payload payload = new Payload().u8(kind).u8(0).u16(0).u32(0755);
    payload.u64(random.nextInt()).u32(random.nextInt(1_010_000_000));
    return frame(Frame.ENTRY, payload.string(name).string(target));
  }

  private void drain(byte[] bytes) throws IOException {
    try (AgentPeer peer = agent.connect()) {
      peer.write(bytes);
      peer.channel().shutdownOutput();
      while (peer.receive() != null) {}
    } catch (IOException e) {
      assertTrue(AgentPeer.hasClosed(e), e::toString);
    }
  }
}
