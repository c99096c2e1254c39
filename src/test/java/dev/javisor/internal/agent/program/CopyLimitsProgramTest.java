package dev.javisor.internal.agent.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Copies that are deep, long, or have no room. */
class CopyLimitsProgramTest extends CopyProgramTestBase {
  @Test
  void shouldCopyDeepTrees_butNotForEver() throws IOException {
    try (AgentPeer peer = copyIn()) {
      for (int i = 0; i < DEPTH_LIMIT; i++) {
        enter(peer, i == 0 ? "" : "d");
      }
      file(peer, "deep", "deep");
      for (int i = 0; i < DEPTH_LIMIT; i++) {
        leave(peer);
      }
      finish(peer);
    }
    Path deepest = target;
    for (int i = 1; i < DEPTH_LIMIT; i++) {
      deepest = deepest.resolve("d");
    }
    assertEquals("deep", Files.readString(deepest.resolve("deep")));

    try (AgentPeer peer = copyOut(0, target)) {
      assertEquals(DEPTH_LIMIT + 1, entries(peer));
    }
    try (AgentPeer peer = copyOut(0, folder)) {
      assertThrowsTooDeep(peer);
    }
    try (AgentPeer peer = copyIn()) {
      for (int i = 0; i <= DEPTH_LIMIT; i++) {
        enter(peer, i == 0 ? "" : "d");
      }
      peer.expectFailed(Frame.ENAMETOOLONG, Frame.STAGE_FILE);
    }
  }

  private static int entries(AgentPeer peer) throws IOException {
    int count = 0;
    for (Frame frame = peer.receive(); frame != null; frame = peer.receive()) {
      count += frame.type() == Frame.ENTRY ? 1 : 0;
      assertFalse(frame.type() == Frame.FAILED, frame::toString);
    }
    return count;
  }

  private static void assertThrowsTooDeep(AgentPeer peer) throws IOException {
    Frame last = peer.expect(Frame.STARTED);
    for (Frame frame = last; frame != null; frame = peer.receive()) {
      last = frame;
    }
    assertEquals(Frame.FAILED, last.type());
    assertEquals(Frame.ENAMETOOLONG, last.u32(0));
  }

  @Test
  void shouldStop_whenAFileGetsTooLong() throws Exception {
    agent.close();
    Files.delete(folder.resolve("agent"));
    // A limit on sizes stands for a full disk: both come from write(2), and this one any user can
    // have.
    agent = AgentProgram.start(folder, "sh", "-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh");
    try (AgentPeer peer = copyIn()) {
      entry(peer, 'f', 0644, new byte[0], "");
      try {
        for (int i = 0; i < 1000; i++) {
          peer.send(Frame.DATA, 0, new byte[Frame.LIMIT]);
        }
      } catch (IOException e) {
        assertTrue(AgentPeer.hasClosed(e), e::toString);
      }
      Frame failed = peer.expect(Frame.FAILED);
      assertEquals(Frame.EFBIG, failed.u32(0));
      assertEquals(target.toString(), failed.what());
    }
    assertEquals(List.of("agent", "socket"), names(folder), "nothing half written stays");
  }

  @Test
  void shouldReadMoreThanTwoGigabytes() throws IOException {
    long size = (3L << 30) + 5;
    try (RandomAccessFile file = new RandomAccessFile(target.toFile(), "rw")) {
      file.setLength(size);
    }
    long count = 0;
    try (AgentPeer peer = copyOut(0, target)) {
      peer.expect(Frame.STARTED);
      peer.expect(Frame.ENTRY);
      Frame data = peer.expect(Frame.DATA);
      while (data.payload().length > 0) {
        count += data.payload().length;
        data = peer.expect(Frame.DATA);
      }
      peer.expect(Frame.DONE);
    }
    assertEquals(size, count);
  }

  @Test
  void shouldWriteMoreThanTwoGigabytes() throws IOException {
    int frames = Integer.MAX_VALUE / Frame.LIMIT + 2;
    byte[] data = new Frame(Frame.DATA, 0, new byte[Frame.LIMIT]).toBytes();
    // Beside the build's other files: what is temporary may lie in memory.
    Path big = Files.createTempFile(Path.of("target").toAbsolutePath(), "agent-copy", ".bin");
    try (AgentPeer peer = copyIn(0, big)) {
      peer.expect(Frame.STARTED);
      entry(peer, 'f', 0644, new byte[0], "");
      for (int i = 0; i < frames; i++) {
        peer.write(data);
      }
      finish(peer.send(Frame.DATA, 0, "the end".getBytes(UTF_8)).send(Frame.DATA, 0, new byte[0]));

      assertEquals((long) frames * Frame.LIMIT + 7, Files.size(big));
      try (RandomAccessFile file = new RandomAccessFile(big.toFile(), "r")) {
        file.seek((long) frames * Frame.LIMIT);
        assertEquals("the end", file.readLine());
      }
    } finally {
      Files.delete(big);
    }
  }
}
