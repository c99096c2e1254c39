package dev.javisor.internal.agent.program;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Files, links and trees that the host asks for. */
class CopyOutProgramTest extends CopyProgramTestBase {
  @Test
  void shouldReadATree() throws Exception {
    Files.createDirectories(target.resolve("inner"));
    Files.writeString(target.resolve("inner/file"), "content");
    Files.setPosixFilePermissions(
        target.resolve("inner/file"), PosixFilePermissions.fromString("rwxr-x--x"));
    Files.setLastModifiedTime(target.resolve("inner/file"), time());
    Files.createSymbolicLink(target.resolve("inner/link"), Path.of("/etc"));
    assertEquals(
        0, new ProcessBuilder("mkfifo", target.resolve("pipe").toString()).start().waitFor());
    List<String> seen = new ArrayList<>();
    try (AgentPeer peer = copyOut(0, target)) {
      peer.expect(Frame.STARTED);
      for (Frame frame = peer.receive(); frame != null; frame = peer.receive()) {
        seen.add(describe(frame));
      }
    }

    assertEquals("d ", seen.get(0).substring(0, 2));
    assertTrue(seen.contains("f 751 file " + SECONDS + "." + NANOS), seen::toString);
    assertTrue(seen.stream().anyMatch(line -> line.startsWith("l 777 link")), seen::toString);
    assertTrue(seen.contains("data content"), seen::toString);
    assertTrue(seen.contains("skipped p pipe"), seen::toString);
    assertEquals(2, seen.stream().filter("leave"::equals).count());
    assertEquals("done", seen.get(seen.size() - 1));
  }

  private static String describe(Frame frame) {
    ByteBuffer fields = frame.fields();
    switch (frame.type()) {
      case Frame.ENTRY -> {
        char kind = (char) fields.get();
        int mode = fields.getInt(4);
        String time = fields.getLong(8) + "." + fields.getInt(16);
        String name = new String(Frame.string(fields.position(20)), UTF_8);
        return kind
            + " "
            + Integer.toOctalString(mode)
            + " "
            + name
            + (kind == 'f' ? " " + time : "");
      }
      case Frame.DATA -> {
        return "data " + new String(frame.payload(), UTF_8);
      }
      case Frame.SKIPPED -> {
        return "skipped " + (char) fields.get() + " " + new String(Frame.string(fields), UTF_8);
      }
      default -> {
        return frame.type() == Frame.LEAVE
            ? "leave"
            : frame.type() == Frame.DONE ? "done" : frame.toString();
      }
    }
  }

  @Test
  void shouldReadALink_orWhatItNames() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "content");
    Files.createSymbolicLink(target, file);
    try (AgentPeer peer = copyOut(0, target)) {
      peer.expect(Frame.STARTED);
      assertEquals('l', peer.expect(Frame.ENTRY).payload()[0]);
      peer.expect(Frame.DONE);
    }
    try (AgentPeer peer = copyOut(FOLLOW, target)) {
      peer.expect(Frame.STARTED);
      assertEquals('f', peer.expect(Frame.ENTRY).payload()[0]);
      assertArrayEquals("content".getBytes(UTF_8), peer.expect(Frame.DATA).payload());
    }
  }

  @Test
  void shouldKeepNamesThatAreNoText() throws IOException {
    byte[][] odd = {
      "new\nline".getBytes(UTF_8), {(byte) 0xff, (byte) 0xfe, '%'}, {' '}, "…".getBytes(UTF_8)
    };
    try (AgentPeer peer = copyIn()) {
      enter(peer, "");
      for (byte[] name : odd) {
        file(peer, 0644, name, "odd");
      }
      finish(leave(peer));
    }

    List<String> sent = new ArrayList<>();
    try (AgentPeer peer = copyOut(0, target)) {
      peer.expect(Frame.STARTED);
      Frame frame = peer.expect(Frame.ENTRY);
      while (frame.type() != Frame.DONE) {
        if (frame.type() == Frame.ENTRY) {
          sent.add(new String(Frame.string(frame.fields().position(20)), ISO_8859_1));
        }
        frame = Objects.requireNonNull(peer.receive());
      }
    }
    List<String> expected = new ArrayList<>(List.of(""));
    for (byte[] name : odd) {
      expected.add(new String(name, ISO_8859_1));
    }
    assertEquals(expected.stream().sorted().toList(), sent.stream().sorted().toList());
  }

  @Test
  void shouldTellWhatIsMissingOrForbidden() throws IOException {
    try (AgentPeer peer = copyOut(0, folder.resolve("missing"))) {
      peer.expect(Frame.STARTED);
      peer.expectFailed(Frame.ENOENT, Frame.STAGE_FILE);
    }
    try (AgentPeer peer = copyIn(0, folder.resolve("missing/file"))) {
      peer.expectFailed(Frame.ENOENT, Frame.STAGE_FILE);
    }
    try (AgentPeer peer = copyIn(0, folder.resolve("agent/file"))) {
      peer.expectFailed(Frame.ENOTDIR, Frame.STAGE_FILE);
    }
    try (AgentPeer peer = copyOut(0, Path.of("/dev/null"))) {
      peer.expect(Frame.STARTED);
      peer.expectFailed(EINVAL, Frame.STAGE_FILE);
    }
    Path forbidden = Files.writeString(folder.resolve("forbidden"), "secret");
    Files.setPosixFilePermissions(forbidden, Set.of());
    try (AgentPeer peer = copyOut(0, forbidden)) {
      peer.expect(Frame.STARTED);
      if (AgentProgram.isRoot()) {
        peer.expect(Frame.ENTRY);
      } else {
        peer.expectFailed(Frame.EACCES, Frame.STAGE_FILE);
      }
    }
  }
}
