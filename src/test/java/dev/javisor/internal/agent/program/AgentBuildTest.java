package dev.javisor.internal.agent.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How scripts/agent builds the program. */
@Timeout(300)
class AgentBuildTest {
  private static final int MISSING = 69;

  @TempDir Path folder;

  /** A tree with what the build of the agent needs, and no more. */
  private Path tree(String name) throws IOException {
    Path tree = folder.resolve(name);
    for (String part : new String[] {"scripts/agent", "scripts/lib.sh"}) {
      copy(Path.of(part), tree.resolve(part));
    }
    try (Stream<Path> sources = Files.list(Path.of("src/main/c/agent"))) {
      for (Path source : sources.toList()) {
        copy(source, tree.resolve(source));
      }
    }
    return tree;
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
  }

  private record Built(int status, String output) {}

  private Built build(Path tree, Path output, Map<String, String> environment) throws Exception {
    Path log = folder.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(tree.resolve("scripts/agent").toString(), output.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertTrue(process.waitFor(200, TimeUnit.SECONDS));
    return new Built(process.exitValue(), Files.readString(log));
  }

  @Test
  void shouldMakeEqualBytes_whereverAndWheneverItIsBuilt() throws Exception {
    Path first = folder.resolve("first.bin");
    Path second = folder.resolve("second.bin");
    Path later = tree("another folder");
    Path main = later.resolve("src/main/c/agent/main.c");

    assertEquals(new Built(0, ""), build(tree("first"), first, Map.of()));
    Files.setLastModifiedTime(main, FileTime.from(Instant.ofEpochSecond(2_000_000_000)));
    assertEquals(new Built(0, ""), build(later, second, Map.of("TZ", "Asia/Tokyo")));

    assertEquals(-1, Files.mismatch(first, second));
    String text = Files.readString(first, StandardCharsets.ISO_8859_1);
    assertFalse(text.contains(folder.toString()), "no path of the tree is in it");
    assertTrue(Files.size(first) < 400_000, "it is small");
  }

  /** A PATH on which the compiler is missing, and all else is there. */
  private Map<String, String> withoutCompiler() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String name :
        List.of(
            "bash",
            "dirname",
            "readlink",
            "realpath",
            "cat",
            "sha256sum",
            "cut",
            "grep",
            "env",
            "id",
            "printf")) {
      Path command = bin.resolve(name);
      Files.writeString(
          command, "#!/bin/bash\nPATH=/usr/bin:/bin exec %s \"$@\"\n".formatted(name));
      Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return Map.of("PATH", bin.toString());
  }

  @Test
  void shouldNameThePackages_whenTheCompilerIsMissing() throws Exception {
    Built built = build(tree("tree"), folder.resolve("out/agent"), withoutCompiler());

    assertEquals(MISSING, built.status(), built::output);
    assertTrue(
        built.output().contains("apt-get install -y --no-install-recommends gcc musl-tools"),
        built::output);
  }

  @Test
  void shouldNotNeedTheCompiler_whenTheProgramIsOfTheseSources() throws Exception {
    Path tree = tree("tree");
    Path output = AgentProgram.unpack(folder);

    assertEquals(new Built(0, ""), build(tree, output, withoutCompiler()));

    Files.writeString(
        tree.resolve("src/main/c/agent/main.c"), "\n", java.nio.file.StandardOpenOption.APPEND);
    assertEquals(MISSING, build(tree, output, withoutCompiler()).status());
  }

  @Test
  void shouldTellWhatItIs() throws Exception {
    Path program = AgentProgram.unpack(folder);
    Process process = new ProcessBuilder(program.toString(), "--version").start();

    String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertTrue(version.matches("javisor agent, protocol 1, build [0-9a-f]{16}\n"), version);
    assertEquals(64, new ProcessBuilder(program.toString()).start().waitFor());
  }
}
