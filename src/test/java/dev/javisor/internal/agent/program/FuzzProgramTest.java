package dev.javisor.internal.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests and sessions with a little wrong in them, cut into pieces at random. What each of them
 * leads to does not matter; that the agent lives on and no command is left behind does. A build of
 * the agent with sanitizers in the place of the usual one makes this find more.
 */
@Timeout(120)
class FuzzProgramTest {
  private static final int ROUNDS = 400;

  @TempDir Path folder;
  private AgentProgram agent;

  @BeforeEach
  void start() throws Exception {
    agent = AgentProgram.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    while (!agent.descendants().isEmpty()) {
      Thread.sleep(20);
    }
    try (AgentPeer peer = agent.connect()) {
      assertEquals("sound\n", peer.exec(0, "echo", "sound").grantAll().finish().out());
    }
    agent.close();
  }

  /** Sends all in pieces, ends, and reads what there is to read. */
  private void send(Random random, byte[] bytes) throws IOException {
    try (AgentPeer peer = agent.connect()) {
      for (int at = 0; at < bytes.length; ) {
        int end = Math.min(bytes.length, at + 1 + random.nextInt(400));
        peer.write(Arrays.copyOfRange(bytes, at, end));
        at = end;
      }
      peer.channel().shutdownOutput();
      while (peer.receive() != null) {}
    } catch (IOException e) {
      // The agent may close before it has read all.
      assertTrue(AgentPeer.hasClosed(e), e::toString);
    }
  }

  /** Mostly the number, else one near it, or far off. */
  private static long off(Random random, long number) {
    return switch (random.nextInt(24)) {
      case 0 -> number + 1;
      case 1 -> number - 1;
      case 2 -> 0;
      case 3 -> 0xffffffffL;
      case 4 -> 0x80000000L;
      case 5 -> random.nextInt();
      default -> number;
    };
  }

  private static Payload string(Random random, Payload payload, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    payload.u32(off(random, bytes.length));
    for (byte value : bytes) {
      payload.u8(random.nextInt(200) == 0 ? 0 : value);
    }
    return payload;
  }

  private static Payload strings(Random random, Payload payload, String... texts) {
    payload.u32(off(random, texts.length));
    for (String text : texts) {
      string(random, payload, text);
    }
    return payload;
  }

  private static byte[] frame(Random random, int type, Payload payload) {
    byte[] frame = new Frame(type, 0, payload.bytes()).toBytes();
    if (random.nextInt(12) == 0) {
      frame[random.nextInt(Frame.HEADER)] ^= (byte) (1 << random.nextInt(8));
    }
    return random.nextInt(12) == 0 ? Arrays.copyOf(frame, random.nextInt(frame.length)) : frame;
  }

  /** None of these can do harm where it is taken for good: paths lead to nothing, or to a file. */
  private static byte[] request(Random random) {
    Payload payload = new Payload().u16(random.nextInt(30) == 0 ? random.nextInt() : Frame.VERSION);
    switch (random.nextInt(5)) {
      case 0 -> {
        payload.u16((int) off(random, random.nextInt(16))).u16(80).u16(24);
        string(random, payload, random.nextBoolean() ? "" : "no-one:0");
        string(random, payload, "/");
        strings(random, payload, "true", "an argument", "");
        return frame(random, Frame.EXEC, strings(random, payload, "A=b", "PATH=/bin:/usr/bin"));
      }
      case 1 -> {
        payload.u16((int) off(random, 0)).u32(off(random, -1)).u32(off(random, -1));
        return frame(random, Frame.COPY_IN, string(random, payload, "target/no/such/folder"));
      }
      case 2 -> {
        payload.u16((int) off(random, random.nextInt(2)));
        return frame(random, Frame.COPY_OUT, string(random, payload, "pom.xml"));
      }
      case 3 -> {
        // Port 1: nobody listens there.
        payload.u16((int) off(random, 1) & 1);
        return frame(random, Frame.TCP, string(random, payload, "127.0.0.1"));
      }
      default -> {
        return frame(random, Frame.FACTS, payload.u16((int) off(random, 0)));
      }
    }
  }

  @Test
  void shouldSurviveRequestsWithFaults() throws IOException {
    Random random = new Random(1021);
    for (int round = 0; round < ROUNDS; round++) {
      send(random, request(random));
    }
  }

  private static byte[] sessionFrame(Random random) {
    return switch (random.nextInt(7)) {
      case 0, 1 -> new Frame(Frame.DATA, 0, new byte[random.nextInt(900)]).toBytes();
      case 2 ->
          new Frame(
                  Frame.CREDIT,
                  random.nextInt(10) == 0 ? random.nextInt(256) : 1 + random.nextInt(2),
                  new Payload().u32(off(random, random.nextInt(5000))).bytes())
              .toBytes();
      case 3 -> frame(random, Frame.RESIZE, new Payload().u16(random.nextInt()).u16(1));
      case 4 -> frame(random, Frame.SIGNAL, new Payload().u32(off(random, 18)));
      case 5 ->
          new Frame(Frame.DATA, random.nextInt(60) / 59, new byte[random.nextInt(50)]).toBytes();
      default ->
          random.nextInt(20) == 0
              ? new Frame(random.nextInt(256), 0, new byte[random.nextInt(12)]).toBytes()
              : new Frame(Frame.CREDIT, 1, new Payload().u32(1000).bytes()).toBytes();
    };
  }

  @Test
  void shouldSurviveSessionsWithFaults() throws IOException {
    Random random = new Random(1022);
    for (int round = 0; round < ROUNDS; round++) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Payload command =
          AgentPeer.command(random.nextInt(16), "", "", new String[0], "sh", "-c", "cat; echo end");
      bytes.writeBytes(new Frame(Frame.EXEC, 0, command.bytes()).toBytes());
      for (int i = random.nextInt(30); i >= 0; i--) {
        bytes.writeBytes(sessionFrame(random));
      }
      send(random, bytes.toByteArray());
    }
  }
}
