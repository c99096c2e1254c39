package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.ConfigurationProblem;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.Initramfs;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.HostFacts;
import dev.javisor.internal.machine.HostProblem;
import dev.javisor.internal.sys.Unprivileged;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

/** What bad configurations get. */
class ConfigurationMistakesTest extends BuilderFixture {
  @Test
  void shouldReportAllMistakesAtOnce() {
    InvalidConfigurationException e =
        refuse(
            fixture
                .emptyBuilder()
                .name("")
                .initramfs(directory.resolve("none"))
                .cmdline("a\0b")
                .cpus(0)
                .memory("much")
                .consoleBuffer("1"));

    assertEquals(
        List.of("name", "kernel", "initramfs", "cmdline", "cpus", "memory", "consoleBuffer"),
        e.problems().stream().map(ConfigurationProblem::field).toList());
    assertTrue(e.getMessage().startsWith("the configuration has 7 mistakes:"), e.getMessage());
    for (ConfigurationProblem problem : e.problems()) {
      String line = "\n  %s = %s: %s".formatted(problem.field(), problem.value(), problem.hint());
      assertTrue(e.getMessage().contains(line), e.getMessage());
    }
  }

  @Test
  void shouldReportAKernelThatIsNone_withTheOtherMistakes() {
    fixture.platform.kernelProblems.add(new Problem("kernel", "vmlinux", "not a kernel"));

    InvalidConfigurationException e = refuse(fixture.builder().cpus(-1).memory(""));

    assertEquals(
        List.of("cpus", "memory", "kernel"),
        e.problems().stream().map(ConfigurationProblem::field).toList());
  }

  @Test
  void shouldRefuseSourcesThatGiveNoRandomBytes() throws IOException {
    Path empty = Files.createFile(directory.resolve("empty"));
    Path missing = directory.resolve("missing");

    assertProblem("rng", missing.toString(), "ENOENT", fixture.builder().rng(missing));
    assertProblem("rng", directory.toString(), "EISDIR", fixture.builder().rng(directory));
    assertProblem("rng", empty.toString(), "it is empty", fixture.builder().rng(empty));
    assertProblem(
        "rng", "/dev/mem/x", "/dev/urandom", fixture.builder().rng(Path.of("/dev/mem/x")));
    assertThrows(NullPointerException.class, () -> fixture.builder().rng(null));
  }

  @Test
  void shouldHaveAnEntropyDeviceOnlyWhenAsked() {
    assertEquals(0, boot(fixture.builder()).pciDevices().size());
    assertEquals(1, boot(fixture.builder().rng()).pciDevices().size());
    assertEquals(1, boot(fixture.builder().rng(Path.of("/dev/random")).rng()).pciDevices().size());
  }

  @Test
  void shouldSayWhatIsUnset() {
    assertProblem("kernel", "unset", "expected the path", fixture.emptyBuilder());
  }

  @Test
  void shouldRefuseFilesThatCannotBeRead() throws IOException {
    Path empty = Files.createFile(directory.resolve("empty"));
    Path missing = directory.resolve("missing");

    assertProblem("kernel", missing.toString(), "no such file", fixture.builder().kernel(missing));
    assertProblem(
        "kernel", directory.toString(), "not a directory", fixture.builder().kernel(directory));
    assertProblem("kernel", empty.toString(), "empty", fixture.builder().kernel(empty));
    assertProblem("initramfs", empty.toString(), "empty", fixture.builder().initramfs(empty));
    assertProblem(
        "initramfs", missing.toString(), "no such file", fixture.builder().initramfs(missing));
    assertProblem(
        "initramfs",
        "nowhere",
        "looked for in " + Path.of("").toAbsolutePath(),
        fixture.builder().initramfs(Path.of("nowhere")));
  }

  @Test
  void shouldRefuseFilesThatTheUserMayNotRead() throws IOException {
    Path forbidden = Files.writeString(directory.resolve("forbidden"), "kernel");
    Files.setPosixFilePermissions(forbidden, Set.of());
    String hint = "may not be read by user " + System.getProperty("user.name");

    for (String field : List.of("kernel", "initramfs")) {
      InvalidConfigurationException e =
          Unprivileged.call(
              () ->
                  refuse(
                      field.equals("kernel")
                          ? fixture.builder().kernel(forbidden)
                          : fixture.builder().initramfs(forbidden)));

      assertOneProblem(field, forbidden.toString(), hint, e);
    }
  }

  @Test
  void shouldRefuseFilesOfOtherFileSystems() throws IOException {
    URI zip = URI.create("jar:" + directory.resolve("x.zip").toUri());
    try (FileSystem other = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = Files.writeString(other.getPath("/vmlinux"), "kernel");

      assertProblem("kernel", "/vmlinux", "default file system", fixture.builder().kernel(inside));
    }
  }

  @Test
  void shouldRefuseCommandLinesThatTheGuestWouldCut() {
    String longest = "x".repeat(2047);
    assertEquals(longest, boot(fixture.builder().cmdline(longest)).payload().cmdline());

    assertProblem(
        "cmdline",
        "x".repeat(77) + "...",
        "it has 2048 bytes; Linux on x86 takes 2047",
        fixture.builder().cmdline(longest + "x"));
    assertProblem(
        "cmdline",
        "\u20ac".repeat(77) + "...",
        "3000 bytes",
        fixture.builder().cmdline("\u20ac".repeat(1000)));
    assertProblem("cmdline", "a?b", "NUL at position 1", fixture.builder().cmdline("a\0b"));
  }

  @Test
  void shouldRefuseNames() {
    assertProblem("name", "", "1 to 64", fixture.builder().name(""));
    assertProblem("name", "a?b", "no control", fixture.builder().name("a\nb"));
    assertProblem("name", "n".repeat(65), "1 to 64", fixture.builder().name("n".repeat(65)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"4095", "257M", "-1", "0"})
  void shouldRefuseConsoleBuffers(String size) {
    assertProblem("consoleBuffer", size, "4K to 256M", fixture.builder().consoleBuffer(size));
  }

  @Test
  void shouldRefuseAConsoleBufferThatIsNoSize() {
    assertProblem("consoleBuffer", "big", "not a size", fixture.builder().consoleBuffer("big"));
  }

  @Test
  void shouldSayWhyNothingCanRun_whenOnlyTheHostIsWrong() {
    fixture.platform.facts = HostFacts.unavailable(new HostProblem("no /dev/kvm", "get one"));

    HypervisorUnavailableException e =
        assertThrows(HypervisorUnavailableException.class, fixture.builder()::build);

    assertEquals("no /dev/kvm", e.reason());
    assertEquals("get one", e.fix());
    assertEquals("no /dev/kvm; get one", e.getMessage());
  }

  @Test
  void shouldReportTheHostAmongTheMistakes_whenThereAreOthers() {
    fixture.platform.facts = HostFacts.unavailable(new HostProblem("no /dev/kvm", "get one"));

    InvalidConfigurationException e = refuse(fixture.builder().cpus(5000).memory("1P"));

    assertEquals(
        List.of("cpus", "memory", "hypervisor"),
        e.problems().stream().map(ConfigurationProblem::field).toList());
    assertEquals("no /dev/kvm; get one", e.problems().get(2).hint());
  }

  @Test
  void shouldRefuseNullAtOnce() {
    VirtualMachine.Builder builder = fixture.builder();

    assertThrows(NullPointerException.class, () -> builder.name(null));
    assertThrows(NullPointerException.class, () -> builder.kernel((Path) null));
    assertThrows(NullPointerException.class, () -> builder.initramfs((Path) null));
    assertThrows(NullPointerException.class, () -> builder.kernel((GuestKernel) null));
    assertThrows(NullPointerException.class, () -> builder.initramfs((Initramfs) null));
    assertThrows(NullPointerException.class, () -> builder.cmdline(null));
    assertThrows(NullPointerException.class, () -> builder.memory((String) null));
    assertThrows(NullPointerException.class, () -> builder.memoryFit(null));
    assertThrows(NullPointerException.class, () -> builder.onReset(null));
    assertThrows(NullPointerException.class, () -> builder.console(null));
    assertThrows(NullPointerException.class, () -> builder.consoleLog((Logger) null));
    assertThrows(NullPointerException.class, () -> builder.consoleOutput((OutputStream) null));
    assertThrows(NullPointerException.class, () -> builder.consoleBuffer(null));
    assertThrows(NullPointerException.class, () -> builder.listener(null));
    assertThrows(NullPointerException.class, () -> builder.threadFactory(null));
  }
}
