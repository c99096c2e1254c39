package dev.javisor.internal.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.agent.CopySummary;
import dev.javisor.agent.GuestFacts;
import dev.javisor.error.GuestFileException;
import dev.javisor.error.GuestFileException.Side;
import dev.javisor.internal.agent.program.AgentProgram;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Copies, by the real agent as a process of this machine: its files are this machine's, too. */
@Timeout(120)
class AgentCopyTest {
  @TempDir private Path folder;
  private AgentProgram program;
  private ClientFixture fixture;
  private AgentClient agent;
  private Path source;
  private Path copy;

  @BeforeEach
  void start() throws Exception {
    program = AgentProgram.start(folder);
    fixture = new ClientFixture(timeout -> SocketAgentChannel.connect(program.socket()));
    agent = fixture.client();
    source = folder.resolve("source");
    copy = folder.resolve("copy");
  }

  @AfterEach
  void stop() throws Exception {
    fixture.close();
    program.close();
  }

  private void makeTree() throws Exception {
    byte[] data = new byte[300_000];
    new Random(3).nextBytes(data);
    Files.createDirectories(source.resolve("deep/er"));
    Files.write(source.resolve("deep/er/data"), data);
    Files.writeString(source.resolve("empty"), "");
    Files.setPosixFilePermissions(
        source.resolve("empty"), PosixFilePermissions.fromString("r--r-x--x"));
    Files.setLastModifiedTime(
        source.resolve("empty"), FileTime.from(Instant.parse("2001-02-03T04:05:06.123456789Z")));
    Files.createSymbolicLink(source.resolve("link"), Path.of("../some//where/"));
    Files.setPosixFilePermissions(
        source.resolve("deep"), PosixFilePermissions.fromString("rwxr-x---"));
  }

  private void assertIsTheTree(Path tree) throws Exception {
    assertArrayEquals(
        Files.readAllBytes(source.resolve("deep/er/data")),
        Files.readAllBytes(tree.resolve("deep/er/data")));
    assertEquals(Path.of("../some/where"), Files.readSymbolicLink(tree.resolve("link")));
    for (String name : List.of("empty", "deep", "deep/er/data")) {
      assertEquals(
          Files.getPosixFilePermissions(source.resolve(name)),
          Files.getPosixFilePermissions(tree.resolve(name)),
          name);
      assertEquals(
          Files.getLastModifiedTime(source.resolve(name)),
          Files.getLastModifiedTime(tree.resolve(name)),
          name);
    }
  }

  @Test
  void shouldCopyATreeIn() throws Exception {
    makeTree();

    CopySummary summary = agent.copyIn(source, copy.toString());

    assertEquals(new CopySummary(2, 3, 1, 300_000, List.of()), summary);
    assertIsTheTree(copy);
  }

  @Test
  void shouldCopyATreeOut() throws Exception {
    makeTree();

    CopySummary summary = agent.copyOut(source.toString(), copy);

    assertEquals(new CopySummary(2, 3, 1, 300_000, List.of()), summary);
    assertIsTheTree(copy);
  }

  @Test
  void shouldMergeFoldersAndReplaceFiles_whenCopiedAgain() throws Exception {
    makeTree();
    agent.copyOut(source.toString(), copy);
    Files.writeString(copy.resolve("more"), "kept");
    Files.writeString(copy.resolve("deep/er/data"), "changed");

    agent.copyOut(source.toString(), copy);

    assertIsTheTree(copy);
    assertEquals("kept", Files.readString(copy.resolve("more")));
  }

  @Test
  void shouldKeepBytesOfNames_thatAreNoText() throws Exception {
    String odd = "new\nline\twith \"quotes\" and % and ü";
    byte[] none = {'x', (byte) 0xFF, (byte) 0xC3, '%', '2', '5'};
    Files.createDirectory(source);
    Files.writeString(source.resolve(RawNames.path(odd.getBytes(UTF_8))), "1");
    Files.writeString(source.resolve(RawNames.path(none)), "2");
    Files.createSymbolicLink(source.resolve("link"), RawNames.path(none));
    Path back = folder.resolve("back");

    agent.copyIn(source, copy.toString());
    agent.copyOut(copy.toString(), back);

    assertEquals("1", Files.readString(back.resolve(RawNames.path(odd.getBytes(UTF_8)))));
    assertEquals("2", Files.readString(back.resolve(RawNames.path(none))));
    assertArrayEquals(none, RawNames.bytes(Files.readSymbolicLink(back.resolve("link"))));
  }

  @Test
  void shouldKeepBytesOfPaths() {
    byte[] all = new byte[253];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i + 1 < '/' ? i + 1 : i + 3);
    }

    assertArrayEquals(all, RawNames.bytes(RawNames.path(all)));
    byte[] relative = "../ä/ö".getBytes(ISO_8859_1);
    byte[] absolute = "/a/../ö".getBytes(ISO_8859_1);
    assertArrayEquals(relative, RawNames.bytes(RawNames.path(relative)));
    assertArrayEquals(absolute, RawNames.bytes(RawNames.path(absolute)));
    assertFalse(RawNames.path(relative).isAbsolute());
    assertTrue(RawNames.path(absolute).isAbsolute());
  }

  @Test
  void shouldLeaveOutFifos_andSaySo() throws Exception {
    Files.createDirectory(source);
    new ProcessBuilder("mkfifo", source.resolve("pipe").toString()).start().waitFor();

    assertEquals(List.of("pipe"), agent.copyIn(source, copy.toString()).skipped());
    assertEquals(
        List.of("pipe"), agent.copyOut(source.toString(), folder.resolve("out")).skipped());
    assertFalse(Files.exists(copy.resolve("pipe"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void shouldFollowTheSource_whenAsked() throws Exception {
    Files.writeString(folder.resolve("real"), "content");
    Files.createSymbolicLink(source, Path.of("real"));

    agent.copyIn(source, copy.toString());
    agent.copyIn(source, folder.resolve("in").toString(), config -> config.followSource());
    agent.copyOut(source.toString(), folder.resolve("out"), config -> config.followSource());

    assertEquals(Path.of("real"), Files.readSymbolicLink(copy));
    assertFalse(Files.isSymbolicLink(folder.resolve("in")));
    assertEquals("content", Files.readString(folder.resolve("out"), UTF_8));
    assertFalse(Files.isSymbolicLink(folder.resolve("out")));
  }

  private GuestFileException fails(org.junit.jupiter.api.function.Executable call) {
    return assertThrows(GuestFileException.class, call);
  }

  @Test
  void shouldSayOnWhichSideAFileIsMissing() {
    GuestFileException host = fails(() -> agent.copyIn(source, copy.toString()));
    GuestFileException guest = fails(() -> agent.copyOut(source.toString(), copy));
    GuestFileException above =
        fails(() -> agent.copyOut("/etc/passwd", folder.resolve("no/such/folder")));

    assertEquals(Side.HOST, host.side());
    assertEquals("ENOENT", host.errno());
    assertEquals(source.toString(), host.path());
    assertEquals(Side.GUEST, guest.side());
    assertEquals("ENOENT", guest.errno());
    assertEquals(Side.HOST, above.side());
  }

  @Test
  void shouldReplaceNoFolderByAFile() throws Exception {
    Files.writeString(source, "file");
    Files.createDirectory(copy);

    assertEquals("EISDIR", fails(() -> agent.copyIn(source, copy.toString())).errno());
    assertEquals("EISDIR", fails(() -> agent.copyOut(source.toString(), copy)).errno());
  }

  @Test
  void shouldReplaceNoFileByAFolder() throws Exception {
    Files.createDirectory(source);
    Files.writeString(copy, "file");

    assertEquals("ENOTDIR", fails(() -> agent.copyIn(source, copy.toString())).errno());
    assertEquals("ENOTDIR", fails(() -> agent.copyOut(source.toString(), copy)).errno());
  }

  @Test
  void shouldStopAtTheLimit() throws Exception {
    Files.write(source, new byte[200_000]);

    assertEquals(
        "EFBIG", fails(() -> agent.copyIn(source, copy.toString(), c -> c.limit(100_000))).errno());
    assertEquals(
        "EFBIG",
        fails(() -> agent.copyOut(source.toString(), copy, c -> c.limit(100_000))).errno());
    awaitNothingBut("source");
  }

  @Test
  void shouldTellHowFarItIs() throws Exception {
    makeTree();
    Files.write(source.resolve("large"), new byte[3 << 20]);
    List<Long> in = new ArrayList<>();
    List<Long> out = new ArrayList<>();

    agent.copyIn(source, copy.toString(), c -> c.listener((entries, bytes) -> in.add(bytes)));
    CopySummary summary =
        agent.copyOut(
            copy.toString(),
            folder.resolve("back"),
            c -> c.listener((entries, bytes) -> out.add(bytes)));

    assertEquals(4, in.size(), in::toString); // each MiB, and the end
    assertEquals(4, out.size(), out::toString);
    assertEquals(summary.bytes(), in.get(3));
    assertEquals(summary.bytes(), out.get(3));
  }

  @Test
  void shouldEndTheCopy_whenTheListenerThrows() throws Exception {
    Files.write(source, new byte[3 << 20]);
    IllegalStateException enough = new IllegalStateException("enough");

    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () ->
                agent.copyIn(
                    source,
                    copy.toString(),
                    c ->
                        c.listener(
                            (entries, bytes) -> {
                              throw enough;
                            })));

    assertSame(enough, e);
    awaitNothingBut("source");
  }

  /** The agent learns of the end of a copy a moment later. */
  private void awaitNothingBut(String name) throws Exception {
    long deadline = System.nanoTime() + 60_000_000_000L;
    List<String> left;
    do {
      assertTrue(System.nanoTime() < deadline, "half a file is left");
      Thread.sleep(10);
      try (Stream<Path> files = Files.list(folder)) {
        left = files.map(f -> f.getFileName().toString()).filter(f -> f.startsWith(".")).toList();
      }
    } while (!left.isEmpty());
    assertTrue(Files.exists(folder.resolve(name)));
    assertFalse(Files.exists(copy));
  }

  @Test
  void shouldReadAndWriteFiles() throws Exception {
    byte[] bytes = new byte[1_000_000];
    new Random(5).nextBytes(bytes);

    agent.write(folder + "/new/folder/text", "grüß\n");
    agent.write(copy.toString(), bytes);

    assertEquals("grüß\n", agent.readText(folder + "/new/folder/text"));
    assertArrayEquals(bytes, agent.read(copy.toString()));
    assertEquals(PosixFilePermissions.fromString("rw-r--r--"), Files.getPosixFilePermissions(copy));
    assertEquals("ENOENT", fails(() -> agent.read("/no/such/file")).errno());
    assertEquals("EISDIR", fails(() -> agent.read("/")).errno());
    assertThrows(IllegalArgumentException.class, () -> agent.read("relative"));
    assertThrows(IllegalArgumentException.class, () -> agent.write("/a\0b", ""));
  }

  @Test
  void shouldRefuseToReadWhatIsTooLong() throws Exception {
    try (var file = new java.io.RandomAccessFile(source.toFile(), "rw")) {
      file.setLength((64 << 20) + 1);
    }

    assertEquals("EFBIG", fails(() -> agent.read(source.toString())).errno());
  }

  @Test
  void shouldTellFacts() throws Exception {
    GuestFacts facts = agent.facts();

    assertEquals("Linux", System.getProperty("os.name"));
    assertEquals(System.getProperty("os.version"), facts.kernel());
    assertEquals("x86_64", facts.architecture());
    assertEquals(
        Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).trim(), facts.bootId());
    assertTrue(facts.cpus() > 0);
    assertTrue(facts.memoryTotal() > facts.memoryAvailable());
    assertFalse(facts.osRelease().get("ID").isEmpty());
    assertTrue(
        facts.addresses().stream()
            .anyMatch(a -> a.networkInterface().equals("lo") && a.prefix() == 8));
  }
}
