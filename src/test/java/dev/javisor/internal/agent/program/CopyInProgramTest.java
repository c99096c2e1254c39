package dev.javisor.internal.agent.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files, links and trees that the host sends. */
class CopyInProgramTest extends CopyProgramTestBase {
  @Test
  void shouldWriteAFile() throws IOException {
    try (AgentPeer peer = copyIn()) {
      finish(file(peer, 04751, new byte[0], "one,two,three"));
    }

    assertEquals("one,two,three", Files.readString(target));
    assertEquals(04751, mode(target));
    assertEquals(time(), Files.getLastModifiedTime(target));
    assertEquals(List.of("agent", "socket", "target"), names(folder), "no temporary file stays");
  }

  @Test
  void shouldReplaceAFile_andALinkButNotWhatItNames() throws IOException {
    Path other = Files.writeString(folder.resolve("other"), "other");
    Files.writeString(target, "old");
    try (AgentPeer peer = copyIn()) {
      finish(file(peer, "", "new"));
    }
    assertEquals("new", Files.readString(target));

    Files.delete(target);
    Files.createSymbolicLink(target, other);
    try (AgentPeer peer = copyIn()) {
      finish(file(peer, "", "newer"));
    }
    assertEquals("newer", Files.readString(target));
    assertEquals("other", Files.readString(other));
  }

  @Test
  void shouldWriteATree() throws IOException {
    try (AgentPeer peer = copyIn()) {
      entry(peer, 'd', 0750, new byte[0], "");
      file(peer, "a", "A");
      entry(peer, 'd', 0500, "read-only".getBytes(UTF_8), "");
      file(peer, 0400, "b".getBytes(UTF_8), "B");
      leave(peer);
      entry(peer, 'l', 0777, "link".getBytes(UTF_8), "no/such/../file");
      entry(peer, 'f', 0600, "empty".getBytes(UTF_8), "");
      peer.send(Frame.DATA, 0, new byte[0]);
      finish(leave(peer));
    }

    assertEquals(List.of("a", "empty", "link", "read-only"), names(target));
    assertEquals("B", Files.readString(target.resolve("read-only/b")));
    assertEquals(0750, mode(target));
    assertEquals(0500, mode(target.resolve("read-only")));
    assertEquals(0400, mode(target.resolve("read-only/b")));
    assertEquals(0, Files.size(target.resolve("empty")));
    assertEquals(Path.of("no/such/../file"), Files.readSymbolicLink(target.resolve("link")));
    for (String name : new String[] {"", "a", "read-only", "link", "empty"}) {
      assertEquals(
          time(),
          Files.getLastModifiedTime(target.resolve(name), LinkOption.NOFOLLOW_LINKS),
          () -> "the time of " + name);
    }
    Files.setPosixFilePermissions(
        target.resolve("read-only"), PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void shouldMergeFolders_andLeaveTheRootsModeAlone() throws IOException {
    Files.createDirectories(target.resolve("inner"));
    Files.writeString(target.resolve("inner/kept"), "kept");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxrwxrwx"));
    try (AgentPeer peer = copyIn()) {
      enter(peer, "");
      entry(peer, 'd', 0711, "inner".getBytes(UTF_8), "");
      file(peer, "new", "new");
      finish(leave(leave(peer)));
    }

    assertEquals(List.of("kept", "new"), names(target.resolve("inner")));
    assertEquals(0777, mode(target));
    assertEquals(0711, mode(target.resolve("inner")));
  }

  @Test
  void shouldMakeParents_whereAskedTo() throws IOException {
    Path deep = target.resolve("not/yet/there");
    try (AgentPeer peer = copyIn(0, deep)) {
      peer.expectFailed(Frame.ENOENT, Frame.STAGE_FILE);
    }
    try (AgentPeer peer = copyIn(PARENTS, deep)) {
      peer.expect(Frame.STARTED);
      finish(file(peer, "", "deep"));
    }

    assertEquals("deep", Files.readString(deep));
  }

  @Test
  void shouldRefuseNamesThatAreTooLong_ratherThanCutThemOff() throws IOException {
    String name = "x".repeat(256);
    for (Path path :
        List.of(target.resolve(name), folder.resolve(name), target.resolve(name + "/a"))) {
      Files.createDirectories(target);
      try (AgentPeer peer = copyIn(PARENTS, path)) {
        peer.expectFailed(Frame.ENAMETOOLONG, Frame.STAGE_FILE);
      }
    }
    try (AgentPeer peer = copyIn()) {
      entry(enter(peer, ""), 'f', 0644, name.getBytes(UTF_8), "");
      peer.expectFailed(Frame.ENAMETOOLONG, Frame.STAGE_FILE);
    }
    assertEquals(List.of(), names(target));
  }

  @Test
  void shouldRefuseNamesThatLeadElsewhere() throws IOException {
    for (String name : new String[] {"", ".", "..", "a/b", "/etc", "../escape", "a\0b"}) {
      try (AgentPeer peer = copyIn()) {
        entry(enter(peer, ""), 'f', 0644, name.getBytes(UTF_8), "");
        peer.expectFailed(name.contains("\0") ? EPROTO : EINVAL, Frame.STAGE_REQUEST);
      }
    }
    try (AgentPeer peer = copyIn()) {
      // Not the root's.
      entry(peer, 'f', 0644, "name".getBytes(UTF_8), "");
      peer.expectFailed(EINVAL, Frame.STAGE_REQUEST);
    }
    assertEquals(List.of(), names(target));
  }

  @Test
  void shouldNotFollowLinksBelowTheRoot() throws IOException {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.createDirectory(target);
    Files.createSymbolicLink(target.resolve("link"), outside);
    try (AgentPeer peer = copyIn()) {
      enter(enter(peer, ""), "link").expectFailed(Frame.ENOTDIR, Frame.STAGE_FILE);
    }

    assertEquals(List.of(), names(outside));
  }

  @Test
  void shouldFollowALinkAtTheRoot() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real"));
    Files.createSymbolicLink(target, real);
    try (AgentPeer peer = copyIn()) {
      finish(leave(file(enter(peer, ""), "a", "A")));
    }

    assertEquals("A", Files.readString(real.resolve("a")));
  }

  @Test
  void shouldNotPutAFileInTheFoldersPlace_norTheOtherWay() throws IOException {
    Files.createDirectories(target.resolve("folder"));
    Files.writeString(target.resolve("file"), "file");
    try (AgentPeer peer = copyIn()) {
      file(enter(peer, ""), "folder", "x").expectFailed(Frame.EISDIR, Frame.STAGE_FILE);
    }
    try (AgentPeer peer = copyIn()) {
      enter(enter(peer, ""), "file").expectFailed(Frame.ENOTDIR, Frame.STAGE_FILE);
    }
    try (AgentPeer peer = copyIn()) {
      file(peer, "", "x").expectFailed(Frame.EISDIR, Frame.STAGE_FILE);
    }
    try (AgentPeer peer = copyIn(0, Path.of("/"))) {
      entry(peer, 'f', 0644, new byte[0], "");
      peer.expect(Frame.STARTED);
      peer.expectFailed(Frame.EISDIR, Frame.STAGE_FILE);
    }
    assertEquals(List.of("file", "folder"), names(target), "no temporary file stays");
  }

  @Test
  void shouldLeaveNothingHalfWritten_whenTheHostGoes() throws Exception {
    try (AgentPeer peer = copyIn()) {
      entry(peer, 'f', 0644, new byte[0], "");
      peer.send(Frame.DATA, 0, new byte[1000]);
    }

    List<String> names = names(folder);
    while (!names.equals(List.of("agent", "socket"))) {
      Thread.sleep(20);
      names = names(folder);
    }
  }

  @Test
  void shouldCarryBytesAsTheyAre() throws IOException {
    byte[] bytes = new byte[3_000_000];
    new Random(7).nextBytes(bytes);
    try (AgentPeer peer = copyIn()) {
      entry(peer, 'f', 0644, new byte[0], "");
      for (int at = 0; at < bytes.length; at += Frame.LIMIT) {
        peer.send(
            Frame.DATA, 0, Arrays.copyOfRange(bytes, at, Math.min(at + Frame.LIMIT, bytes.length)));
      }
      finish(peer.send(Frame.DATA, 0, new byte[0]));
    }

    assertArrayEquals(bytes, Files.readAllBytes(target));
  }
}
