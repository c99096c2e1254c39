package dev.javisor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.JavisorException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** JVMs of their own, which cannot run machines: all classes load there, and say why not. */
@Timeout(120)
class UnavailableHostTest {
  @TempDir Path directory;

  @Test
  void shouldSayWhatItNeeds_whenThePlatformIsAnother() throws Exception {
    List<String> said = run("-Dos.name=Mac OS X", "-Dos.arch=aarch64");

    String reason = "Javisor needs Linux on x86-64, and this JVM runs on Mac OS X (aarch64)";
    assertEquals("probe: false " + reason, said.get(0));
    assertTrue(
        said.get(1).startsWith("build: HypervisorUnavailableException " + reason), said::toString);
  }

  @Test
  void shouldSayWhatItNeeds_whenJnaCannotUnpack() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    List<String> said = run("-Djna.nosys=true", "-Djna.tmpdir=" + file.resolve("below"));

    assertTrue(said.get(0).startsWith("probe: false native code cannot be loaded"), said::toString);
    assertTrue(
        said.get(1).startsWith("build: HypervisorUnavailableException native code cannot be"),
        said::toString);
    assertTrue(said.get(1).contains("-Djna.tmpdir"), said::toString);
  }

  @Test
  void shouldSayWhatItNeeds_whenJnaIsMissing() throws Exception {
    List<String> said = runWithout("jna");

    assertTrue(said.get(0).startsWith("probe: false native code cannot be loaded"), said::toString);
  }

  private List<String> run(String... options) throws IOException, InterruptedException {
    return start(System.getProperty("java.class.path"), List.of(options));
  }

  private List<String> runWithout(String library) throws IOException, InterruptedException {
    List<String> rest = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!new File(entry).getName().startsWith(library + "-")) {
        rest.add(entry);
      }
    }
    return start(String.join(File.pathSeparator, rest), List.of());
  }

  private List<String> start(String classPath, List<String> options)
      throws IOException, InterruptedException {
    Path kernel = Files.writeString(directory.resolve("vmlinux"), "kernel");
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, Child.class.getName(), kernel.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(0, process.waitFor(), () -> "exit status of " + command);
    return Files.readAllLines(output, UTF_8);
  }

  /** What runs in the other JVM. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      Hypervisor hypervisor = Hypervisor.probe();
      System.out.println(
          "probe: "
              + hypervisor.isAvailable()
              + hypervisor.obstacle().map(o -> " " + o.reason()).orElse(""));
      try {
        VirtualMachine.builder().kernel(Path.of(arguments[0])).build();
        System.out.println("build: done");
      } catch (JavisorException e) {
        System.out.println(
            "build: " + e.getClass().getSimpleName() + " " + e.getMessage().replace('\n', ' '));
      }
    }
  }
}
