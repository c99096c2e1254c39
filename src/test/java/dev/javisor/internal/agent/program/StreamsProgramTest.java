package dev.javisor.internal.agent.program;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Credit: neither side sends more of a stream than it was granted. */
@Timeout(120)
class StreamsProgramTest {
  private static final int STDIN_GRANT = 65536;

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

  private static void expectStart(AgentPeer peer) throws IOException {
    peer.expect(Frame.STARTED);
    Frame grant = peer.expect(Frame.CREDIT);
    assertEquals(0, grant.stream());
    assertEquals(STDIN_GRANT, grant.u32(0));
  }

  private static int receive(AgentPeer peer, int bytes) throws IOException {
    int count = 0;
    while (count < bytes) {
      Frame frame = peer.expect(Frame.DATA);
      if (frame.stream() == 2) {
        // Standard error, which is empty, ends when the command does.
        assertEquals(0, frame.payload().length);
        continue;
      }
      assertEquals(1, frame.stream());
      assertTrue(frame.payload().length > 0 && frame.payload().length <= Frame.LIMIT);
      count += frame.payload().length;
    }
    return count;
  }

  @Test
  void shouldSendNoMoreThanGranted_whenACommandPrintsForEver() throws Exception {
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "yes");
      expectStart(peer);

      for (int grant : new int[] {1, 10, 70_000, 1_000_000}) {
        peer.grant(1, grant);
        assertEquals(grant, receive(peer, grant));
      }

      // A stopped command has sent all that it could: whatever came now would come before the exit.
      Thread.sleep(200);
      peer.send(Frame.SIGNAL, new Payload().u32(9)).grant(1, 3);
      assertEquals(3, receive(peer, 3));
    }
  }

  @Test
  void shouldKeepWhatWasPrintedUntilItIsGranted() throws Exception {
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "printf", "0123456789");
      expectStart(peer);
      Thread.sleep(100);

      for (int i = 0; i < 10; i++) {
        peer.grant(1, 1);
        Frame frame = peer.expect(Frame.DATA);
        // Standard error, which is empty, may have ended meanwhile.
        frame = frame.stream() == 2 ? peer.expect(Frame.DATA) : frame;
        assertEquals("" + i, new String(frame.payload(), US_ASCII));
      }
      Frame frame = peer.expect(Frame.DATA);
      while (frame.type() == Frame.DATA) {
        assertEquals(0, frame.payload().length);
        frame = peer.receive();
      }
      assertEquals(Frame.EXIT, frame.type());
    }
  }

  @Test
  void shouldEnd_whenNothingWasGrantedAndNothingPrinted() throws IOException {
    try (AgentPeer peer = agent.connect()) {
      assertEquals(5, peer.exec(0, "sh", "-c", "exit 5").finish().value());
    }
  }

  @Test
  void shouldNotMixUpStreams_whenOneIsBlocked() throws IOException {
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "sh", "-c", "(yes; :) & p=$!; echo problem >&2; sleep 0.1; kill $p")
          .grant(2, 100);
      expectStart(peer);

      Frame frame = peer.expect(Frame.DATA);

      assertEquals(2, frame.stream());
      assertEquals("problem\n", new String(frame.payload(), US_ASCII));
    }
  }

  @Test
  void shouldEndOutput_thoughGrandchildrenWriteForEver() throws IOException {
    try (AgentPeer peer = agent.connect()) {
      AgentPeer.Result result =
          peer.exec(0, "sh", "-c", "yes 2>/dev/null & echo $!").grantAll().finish();

      // Its reader is gone, so that it has ended by SIGPIPE, or is about to.
      assertTrue(result.out().length() <= 8 << 20, "an end after a megabyte, and not never");
    }
  }

  @Test
  void shouldPassStandardInput_asItIsGranted() throws IOException {
    byte[] data = new byte[300_000];
    new Random(1).nextBytes(data);
    ByteArrayOutputStream back = new ByteArrayOutputStream();
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "cat").grantAll().expect(Frame.STARTED);
      int sent = 0;
      while (back.size() < data.length) {
        Frame frame = peer.receive();
        if (frame.type() == Frame.CREDIT) {
          int count = Math.min(frame.u32(0), data.length - sent);
          for (int at = 0; at < count; at += 1000) {
            int end = Math.min(at + 1000, count);
            peer.send(Frame.DATA, 0, Arrays.copyOfRange(data, sent + at, sent + end));
          }
          sent += count;
        } else {
          back.writeBytes(frame.payload());
        }
      }
      assertEquals(0, finishAfterData(peer));
    }
    assertTrue(Arrays.equals(data, back.toByteArray()));
  }

  private static int finishAfterData(AgentPeer peer) throws IOException {
    peer.send(Frame.DATA, 0, new byte[0]);
    Frame frame = peer.receive();
    while (frame.type() != Frame.EXIT) {
      frame = peer.receive();
    }
    return frame.u32(1);
  }

  @Test
  void shouldGrantOn_whenTheCommandDoesNotReadItsInput() throws IOException {
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "sh", "-c", "exec 0<&-; echo closed; sleep 1000").grantAll();
      expectStart(peer);
      assertEquals("closed\n", new String(peer.expect(Frame.DATA).payload(), US_ASCII));

      for (int i = 0; i < 10; i++) {
        peer.send(Frame.DATA, 0, new byte[STDIN_GRANT]);
        assertEquals(
            STDIN_GRANT, peer.expect(Frame.CREDIT).u32(0), "what goes nowhere takes no room");
      }
    }
  }

  @Test
  void shouldStopGranting_whenTheCommandIsBusy() throws Exception {
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "sleep", "1000").grantAll();
      expectStart(peer);

      peer.send(Frame.DATA, 0, new byte[STDIN_GRANT]);
      int granted = peer.expect(Frame.CREDIT).u32(0);
      while (granted < STDIN_GRANT) {
        granted += peer.expect(Frame.CREDIT).u32(0);
      }
      peer.send(Frame.DATA, 0, new byte[STDIN_GRANT]);

      // The pipe is full now, and so is the agent's own room: more breaks the rules.
      peer.send(Frame.DATA, 0, new byte[] {1});
      peer.expectFailed(71, Frame.STAGE_REQUEST);
    }
  }

  @Test
  void shouldSendNothingMore_whenTheHostStopsReading() throws Exception {
    try (AgentPeer peer = agent.connect()) {
      peer.exec(0, "yes").grant(1, Integer.MAX_VALUE);
      expectStart(peer);
      Thread.sleep(200);

      assertTrue(receive(peer, 4 << 20) > 0, "it goes on as soon as somebody reads");
    }
  }
}
