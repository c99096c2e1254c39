package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.Initramfs;
import dev.javisor.internal.machine.CpuSpec;
import dev.javisor.internal.machine.MachineSpec;
import dev.javisor.internal.memory.RamSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BuilderTest extends BuilderFixture {
  @Test
  void shouldHaveUsefulDefaults_whenOnlyTheKernelIsSet() {
    MachineSpec spec = boot(fixture.emptyBuilder().kernel(fixture.kernel));

    assertTrue(spec.name().matches("vm-[0-9a-f]{6}"), spec.name());
    assertEquals(fixture.kernel, spec.payload().image());
    assertEquals(Optional.empty(), spec.payload().initramfs());
    assertEquals("console=ttyS0", spec.payload().cmdline());
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
    assertEquals(Optional.of(initramfs), spec.payload().initramfs());
    assertEquals("quiet", spec.payload().cmdline());
    assertEquals(new CpuSpec(3, 1, 3, 1, 1), spec.cpus());
    assertEquals(new RamSpec(1L << 30, true, false, false, true), spec.ram());
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

      assertEquals("before", fixture.machine().spec.payload().cmdline());
      assertEquals(2, fixture.machine().spec.cpus().count());
      assertEquals(512L << 20, fixture.machine().spec.ram().bytes());
      assertEquals("test", vm.name());
    }
  }

  @Test
  void shouldWriteAnInitramfsForTheBoot_andLeaveNothingBehind() throws IOException {
    Initramfs initramfs = Initramfs.builder().file("/hello", "world", 0644).build();
    Set<Path> before = temporaryFiles();

    MachineSpec spec = boot(fixture.builder().initramfs(initramfs));

    assertArrayEquals(initramfs.toBytes(), fixture.machine().initramfsAtBoot);
    assertFalse(isHeld(spec.payload().initramfs().orElseThrow()));
    assertEquals(before, temporaryFiles());
  }

  @Test
  void shouldLetGoOfTheInitramfs_whenTheMachineIsNeverBooted() {
    Initramfs initramfs = Initramfs.builder().file("/hello", "world", 0644).build();
    AtomicReference<Path> seen = new AtomicReference<>();
    fixture.platform.onCheck =
        spec -> {
          seen.set(spec.payload().initramfs().orElseThrow());
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

    assertEquals(fixture.kernel, boot(fixture.emptyBuilder().kernel(kernel)).payload().image());
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
}
