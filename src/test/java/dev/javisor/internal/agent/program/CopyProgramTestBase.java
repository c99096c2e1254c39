package dev.javisor.internal.agent.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent, and a folder to copy into and from, for tests of copies. */
@Timeout(300)
abstract class CopyProgramTestBase {
  static final int EINVAL = 22;
  static final int EPROTO = 71;
  static final int PARENTS = 1;
  static final int FOLLOW = 1;
  static final int NANOS = 123_456_789;
  static final long SECONDS = 1_600_000_000L;
  static final int DEPTH_LIMIT = 128;

  @TempDir Path folder;
  AgentProgram agent;
  Path target;

  @BeforeEach
  void start() throws Exception {
    agent = AgentProgram.start(folder);
    target = folder.resolve("target");
  }

  @AfterEach
  void stop() throws IOException {
    agent.close();
  }

  AgentPeer copyIn(int flags, Path to) throws IOException {
    AgentPeer peer = agent.connect();
    Payload request = new Payload().u16(Frame.VERSION).u16(flags).u32(-1).u32(-1);
    return peer.send(Frame.COPY_IN, request.string(to.toString()));
  }

  AgentPeer copyIn() throws IOException {
    AgentPeer peer = copyIn(0, target);
    peer.expect(Frame.STARTED);
    return peer;
  }

  AgentPeer copyOut(int flags, Path from) throws IOException {
    Payload request = new Payload().u16(Frame.VERSION).u16(flags).string(from.toString());
    return agent.connect().send(Frame.COPY_OUT, request);
  }

  static AgentPeer entry(AgentPeer peer, char kind, int mode, byte[] name, String link)
      throws IOException {
    Payload payload = new Payload().u8(kind).u8(0).u16(0).u32(mode).u64(SECONDS).u32(NANOS);
    return peer.send(Frame.ENTRY, payload.string(name).string(link));
  }

  static AgentPeer enter(AgentPeer peer, String name) throws IOException {
    return entry(peer, 'd', 0755, name.getBytes(UTF_8), "");
  }

  static AgentPeer leave(AgentPeer peer) throws IOException {
    return peer.send(Frame.LEAVE, 0, new byte[0]);
  }

  static AgentPeer file(AgentPeer peer, int mode, byte[] name, String content) throws IOException {
    entry(peer, 'f', mode, name, "");
    for (String part : content.split("(?<=,)")) {
      peer.send(Frame.DATA, 0, part.getBytes(UTF_8));
    }
    return content.isEmpty() ? peer : peer.send(Frame.DATA, 0, new byte[0]);
  }

  static AgentPeer file(AgentPeer peer, String name, String content) throws IOException {
    return file(peer, 0644, name.getBytes(UTF_8), content);
  }

  static void finish(AgentPeer peer) throws IOException {
    peer.send(Frame.DONE, 0, new byte[0]).expect(Frame.DONE);
    assertNull(peer.receive());
  }

  static int mode(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  static FileTime time() {
    return FileTime.from(Instant.ofEpochSecond(SECONDS, NANOS));
  }

  List<String> names(Path of) throws IOException {
    try (var files = Files.list(of)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
