package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.javisor.config.CpuConfig;
import dev.javisor.config.MemoryFit;
import dev.javisor.error.ConfigurationProblem;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.Initramfs;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.CpuSpec;
import dev.javisor.internal.machine.HostFacts;
import dev.javisor.internal.machine.HostProblem;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.memory.RamSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

class BuilderTest {
  @TempDir Path directory;
  private VmFixture fixture;

  @BeforeEach
  void setUp() {
    fixture = new VmFixture(directory);
  }

  @Test
  void shouldHaveUsefulDefaults_whenOnlyTheKernelIsSet() {
    MachineSpec spec = boot(fixture.emptyBuilder().kernel(fixture.kernel));

    assertTrue(spec.name().matches("vm-[0-9a-f]{6}"), spec.name());
    assertEquals(fixture.kernel, spec.kernel());
    assertEquals(Optional.empty(), spec.initramfs());
    assertEquals("console=ttyS0", spec.cmdline());
    assertEquals(new CpuSpec(1, 1, 1, 1, 1), spec.cpus());
    assertEquals(new RamSpec(512L << 20, false, false, true, false), spec.ram());
  }

  @Test
  void shouldHandOnWhatIsSet() throws IOException {
    Path initramfs = Files.writeString(directory.resolve("initramfs"), "cpio");

    MachineSpec spec =
        boot(
            fixture
                .builder()
                .name("web")
                .initramfs(initramfs)
                .cmdline("quiet")
                .cpus(3)
                .memory("1G")
                .memory(m -> m.shared(true).transparentHugePages(false).prefault(true)));

    assertEquals("web", spec.name());
    assertEquals(Optional.of(initramfs), spec.initramfs());
    assertEquals("quiet", spec.cmdline());
    assertEquals(new CpuSpec(3, 1, 3, 1, 1), spec.cpus());
    assertEquals(new RamSpec(1L << 30, true, false, false, true), spec.ram());
  }

  @Test
  void shouldTakeMemoryInBytes() {
    assertEquals(3L << 20, boot(fixture.builder().memory(3L << 20)).ram().bytes());
    assertEquals(1L << 20, boot(fixture.builder().memory(m -> m.size(1 << 20))).ram().bytes());
    assertEquals(2L << 30, boot(fixture.builder().memory(m -> m.size("2G"))).ram().bytes());
  }

  @Test
  void shouldBuildSeveralMachines() {
    VirtualMachine.Builder builder = fixture.emptyBuilder().kernel(fixture.kernel);

    try (VirtualMachine first = builder.build();
        VirtualMachine second = builder.build()) {
      assertNotEquals(first.name(), second.name());
    }
  }

  @Test
  void shouldKeepWhatWasBuilt_whenTheBuilderGoesOn() {
    VirtualMachine.Builder builder = fixture.builder().cmdline("before").cpus(2);
    try (VirtualMachine vm = builder.build()) {
      builder.cmdline("after").cpus(1).memory("1G").name("other");

      vm.boot();

      assertEquals("before", fixture.machine().spec.cmdline());
      assertEquals(2, fixture.machine().spec.cpus().count());
      assertEquals(512L << 20, fixture.machine().spec.ram().bytes());
      assertEquals("test", vm.name());
    }
  }

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
  void shouldRefuseFilesOfOtherFileSystems() throws IOException {
    URI zip = URI.create("jar:" + directory.resolve("x.zip").toUri());
    try (FileSystem other = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = Files.writeString(other.getPath("/vmlinux"), "kernel");

      assertProblem("kernel", "/vmlinux", "default file system", fixture.builder().kernel(inside));
    }
  }

  @Test
  void shouldWriteAnInitramfsForTheBoot_andLeaveNothingBehind() throws IOException {
    Initramfs initramfs = Initramfs.builder().file("/hello", "world", 0644).build();
    Set<Path> before = temporaryFiles();

    MachineSpec spec = boot(fixture.builder().initramfs(initramfs));

    assertArrayEquals(initramfs.toBytes(), fixture.machine().initramfsAtBoot);
    assertFalse(isHeld(spec.initramfs().orElseThrow()));
    assertEquals(before, temporaryFiles());
  }

  @Test
  void shouldLetGoOfTheInitramfs_whenTheMachineIsNeverBooted() {
    Initramfs initramfs = Initramfs.builder().file("/hello", "world", 0644).build();
    AtomicReference<Path> seen = new AtomicReference<>();
    fixture.platform.onCheck =
        spec -> {
          seen.set(spec.initramfs().orElseThrow());
          assertTrue(isHeld(seen.get()));
        };

    fixture.builder().initramfs(initramfs).build().close();
    assertFalse(isHeld(seen.getAndSet(null)));

    refuse(fixture.builder().initramfs(initramfs).cpus(0));
    assertFalse(isHeld(seen.get()));
  }

  @Test
  void shouldSayThatTheInitramfsCannotBeWritten() {
    Initramfs initramfs =
        Initramfs.builder().file("/hello", directory.resolve("missing"), 0644).build();

    assertProblem(
        "initramfs", "Initramfs", "cannot be written", fixture.builder().initramfs(initramfs));
  }

  @Test
  void shouldTakeTheKernelAsItWasShipped() {
    GuestKernel kernel = mock(GuestKernel.class);
    when(kernel.image()).thenReturn(fixture.kernel);

    assertEquals(fixture.kernel, boot(fixture.emptyBuilder().kernel(kernel)).kernel());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1M or more",
    "-512M, 1M or more",
    "1048575, 1M or more",
    "some, not a size",
    "1G2, not a size",
    "1048577, multiple of 4096",
    "1T, 40 bits",
    "99999999T, 64 bits"
  })
  void shouldRefuseMemory(String size, String hint) {
    assertProblem("memory", size, hint, fixture.builder().memory(size));
  }

  @Test
  void shouldTakeAsMuchMemoryAsAddressesReach() {
    long most = (1L << 40) - (2L << 30);

    assertEquals(most, boot(fixture.builder().memory(most)).ram().bytes());
    assertProblem(
        "memory", "" + (most + 4096), "room for 1022G", fixture.builder().memory(most + 4096));
  }

  @Test
  void shouldRefuseHugePagesThatDoNotFit() throws IOException {
    assertProblem(
        "memory.hugePages",
        "true",
        "multiple of 2M",
        fixture.builder().memory("3M").memory(m -> m.hugePages(true)));

    host("proc/meminfo", "Hugepagesize: 2048 kB\n");
    assertProblem(
        "memory.hugePages",
        "true",
        "0 free huge pages",
        fixture.builder().memory("4M").memory(m -> m.hugePages(true)));
  }

  @Test
  void shouldRefuseMemoryThatTheHostCannotHold_whenAskedTo() throws IOException {
    host("proc/meminfo", "MemAvailable: 102400 kB\n");

    assertProblem(
        "memory",
        "101M",
        "the host has 100 MiB left",
        fixture.builder().memory("101M").memoryFit(MemoryFit.REFUSE));
    boot(fixture.builder().memory("100M").memoryFit(MemoryFit.REFUSE));
  }

  @Test
  void shouldOnlyWarnOfMemoryThatTheHostCannotHold_byDefault() throws IOException {
    host("proc/self/cgroup", "0::/\n");
    host("sys/fs/cgroup/memory.max", "104857600\n");
    host("sys/fs/cgroup/memory.current", "0\n");

    String log = CapturedLog.of(() -> boot(fixture.builder().memory("101M")));

    assertTrue(log.contains("101M of guest RAM cannot fit"), log);
    assertTrue(log.contains("control group of this JVM has 100 MiB left"), log);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 289, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void shouldRefuseNumbersOfVcpus(int count) {
    assertProblem(
        "cpus", "" + count, "1 to 288, which is this host's", fixture.builder().cpus(count));
  }

  @Test
  void shouldTakeAsManyVcpusAsTheHostAllows() {
    assertEquals(288, boot(fixture.builder().cpus(288)).cpus().count());
  }

  @Test
  void shouldMakeOutTopologies() {
    assertEquals(new CpuSpec(4, 2, 2, 1, 1), cpus(c -> c.count(4).threads(2)));
    assertEquals(new CpuSpec(4, 1, 2, 1, 2), cpus(c -> c.count(4).packages(2)));
    assertEquals(new CpuSpec(12, 2, 3, 2, 1), cpus(c -> c.threads(2).cores(3).dies(2)));
    assertEquals(new CpuSpec(2, 2, 1, 1, 1), cpus(c -> c.threads(2)));
    assertEquals(new CpuSpec(8, 1, 2, 2, 2), cpus(c -> c.count(8).cores(2).dies(2).packages(2)));
  }

  @Test
  void shouldRefuseImpossibleTopologies() {
    assertTopology("cpus.threads", "3", "1 or 2", c -> c.threads(3));
    assertTopology("cpus.threads", "0", "1 or 2", c -> c.threads(0));
    assertTopology("cpus.cores", "0", "1 or more", c -> c.cores(0));
    assertTopology("cpus.dies", "-1", "1 or more", c -> c.dies(-1));
    assertTopology("cpus.packages", "0", "1 or more", c -> c.packages(0));
    assertTopology(
        "cpus",
        "4",
        "1 threads x 3 cores x 1 dies x 1 packages cannot come to that number",
        c -> c.count(4).cores(3));
    assertTopology("cpus", "3", "2 threads x any cores", c -> c.count(3).threads(2));
    assertTopology("cpus", "1", "2 threads x any cores", c -> c.count(1).threads(2));
    assertTopology("cpus", "289", "more than 288", c -> c.cores(289));
    assertTopology(
        "cpus",
        "35184372088832",
        "more than 288",
        c -> c.cores(1 << 15).dies(1 << 15).packages(1 << 15));
  }

  @Test
  void shouldRefuseCommandLinesThatTheGuestWouldCut() {
    String longest = "x".repeat(2047);
    assertEquals(longest, boot(fixture.builder().cmdline(longest)).cmdline());

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

  private CpuSpec cpus(Consumer<CpuConfig> topology) {
    return boot(fixture.builder().cpus(topology)).cpus();
  }

  private void assertTopology(
      String field, String value, String hint, Consumer<CpuConfig> topology) {
    assertProblem(field, value, hint, fixture.builder().cpus(topology));
  }

  private MachineSpec boot(VirtualMachine.Builder builder) {
    try (VirtualMachine vm = builder.build()) {
      vm.boot();
      return fixture.machine().spec;
    }
  }

  /** Whether this descriptor still is the file; its number may be another file's by now. */
  private static boolean isHeld(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("/javisor-");
    } catch (IOException e) {
      return false;
    }
  }

  private static Set<Path> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("javisor-"))
          .collect(Collectors.toSet());
    }
  }

  private void host(String path, String text) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static InvalidConfigurationException refuse(VirtualMachine.Builder builder) {
    return assertThrows(InvalidConfigurationException.class, builder::build);
  }

  private static void assertProblem(
      String field, String value, String hint, VirtualMachine.Builder builder) {
    InvalidConfigurationException e = refuse(builder);
    assertEquals(1, e.problems().size(), e.getMessage());
    ConfigurationProblem problem = e.problems().get(0);
    assertEquals(field, problem.field());
    assertEquals(value, problem.value());
    assertTrue(problem.hint().contains(hint), problem.hint());
  }
}
