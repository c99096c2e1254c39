package dev.javisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.javisor.backend.BlockBackend;
import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.error.InvalidConfigurationException;
import dev.javisor.guest.CloudInitSeed;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.Initramfs;
import dev.javisor.internal.guest.AgentProgram;
import dev.javisor.testing.guest.CpioReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How the agent gets into the guest. */
class BuilderAgentTest extends BuilderFixture {
  private static final String CONFIG = "javisor/agent.conf";

  private GuestKernel kernel(String... modules) throws IOException {
    GuestKernel kernel = mock(GuestKernel.class);
    when(kernel.image()).thenReturn(fixture.kernel);
    when(kernel.modules("ext4")).thenThrow(new IllegalArgumentException("no module ext4"));
    for (String name : modules) {
      Path file = Files.writeString(directory.resolve(name + ".ko"), name);
      when(kernel.modules(name)).thenReturn(List.of(file));
    }
    return kernel;
  }

  private List<CpioReader.Item> booted() throws IOException {
    return CpioReader.read(fixture.machine().initramfsAtBoot);
  }

  private static String text(List<CpioReader.Item> items, String name) {
    return new String(item(items, name).orElseThrow().content(), StandardCharsets.UTF_8);
  }

  private static Optional<CpioReader.Item> item(List<CpioReader.Item> items, String name) {
    return items.stream().filter(i -> i.name().equals(name)).findFirst();
  }

  @Test
  void shouldBeTheWholeGuest_whenThereIsNothingElse() throws IOException {
    Path busybox = Files.writeString(directory.resolve("busybox"), "shell");

    var spec = boot(fixture.builder().agent(agent -> agent.busybox(busybox)));

    assertEquals("rdinit=/javisor/agent console=ttyS0", spec.payload().cmdline());
    List<CpioReader.Item> items = booted();
    assertEquals("standalone\n", text(items, CONFIG));
    assertArrayEquals(AgentProgram.bytes(), item(items, "javisor/agent").get().content());
    assertEquals("shell", text(items, "bin/busybox"));
    assertTrue(item(items, "dev/console").isPresent());
  }

  @Test
  void shouldBringAVsockDevice() {
    try (VirtualMachine vm = fixture.builder().agent().build()) {
      assertEquals(3, vm.vsock().cid());
    }
    try (VirtualMachine vm = fixture.builder().vsock(v -> v.cid(7)).agent().build()) {
      assertEquals(7, vm.vsock().cid());
    }
  }

  @Test
  void shouldLoadWhatTheDevicesWant_whenTheKernelHasModules() throws IOException {
    Path disk = Files.write(directory.resolve("disk"), new byte[4096]);

    boot(
        fixture
            .emptyBuilder()
            .kernel(kernel("virtio_pci", "vmw_vsock_virtio_transport", "virtio_blk", "xfs"))
            .disk(disk)
            .cmdline("root=/dev/vda1")
            .agent(agent -> agent.modules("xfs")));

    assertEquals(
        """
        module /javisor/modules/000-virtio_pci.ko
        module /javisor/modules/001-vmw_vsock_virtio_transport.ko
        module /javisor/modules/002-virtio_blk.ko
        module /javisor/modules/003-xfs.ko
        root
        """,
        text(booted(), CONFIG));
  }

  @Test
  void shouldGoBeforeTheUsersInitramfs() throws IOException {
    byte[] own = Initramfs.builder().file("/init", "own", 0755).gzip().build().toBytes();
    Path file = Files.write(directory.resolve("initrd"), own);

    boot(fixture.builder().initramfs(file).agent());

    byte[] both = fixture.machine().initramfsAtBoot;
    int start = both.length - own.length;
    assertEquals(0, start % 512);
    assertArrayEquals(own, java.util.Arrays.copyOfRange(both, start, both.length));
    assertEquals(
        "next /init\n", text(CpioReader.read(java.util.Arrays.copyOf(both, start)), CONFIG));
  }

  @Test
  void shouldAddNothing_whenTheImageHasAnAgent() {
    var spec = boot(fixture.builder().agent(agent -> agent.inImage()));

    assertEquals(Optional.empty(), spec.payload().initramfs());
    assertEquals("console=ttyS0", spec.payload().cmdline());
  }

  @Test
  void shouldComeByASeed_whenAFirmwareBoots() throws IOException {
    Path firmware = Files.writeString(directory.resolve("fw"), "firmware");
    int before = boot(fixture.emptyBuilder().firmware(firmware).vsock()).pciDevices().size();

    int with = boot(fixture.emptyBuilder().firmware(firmware).agent()).pciDevices().size();

    assertEquals(before + 1, with);
    BlockBackend own = CloudInitSeed.builder().agent().build().toDisk();
    assertEquals(
        with,
        boot(fixture.emptyBuilder().firmware(firmware).disk(own).agent()).pciDevices().size());
  }

  @Test
  void shouldRefuseASeedWithoutIt_whenAFirmwareBoots() throws IOException {
    Path firmware = Files.writeString(directory.resolve("fw"), "firmware");
    BlockBackend seed = CloudInitSeed.builder().hostname("web").build().toDisk();

    assertProblem(
        "agent",
        "set",
        "CloudInitSeed.builder().agent()",
        fixture.emptyBuilder().firmware(firmware).disk(seed).agent());
  }

  @Test
  void shouldSayWhatIsWrong() throws IOException {
    Path busybox = Files.writeString(directory.resolve("busybox"), "shell");

    assertProblem(
        "agent.busybox",
        directory.resolve("none").toString(),
        "no such file",
        fixture.builder().agent(agent -> agent.busybox(directory.resolve("none"))));
    assertProblem(
        "agent.busybox",
        busybox.toString(),
        "a system of its own",
        fixture.builder().cmdline("root=/dev/vda").agent(agent -> agent.busybox(busybox)));
    assertProblem(
        "agent.modules",
        "xfs",
        "modules are not known",
        fixture.builder().agent(agent -> agent.modules("xfs")));
    assertProblem(
        "timeoutMultiplier", "0.0", "0.01 to 1000", fixture.builder().timeoutMultiplier(0));
    assertProblem(
        "timeoutMultiplier",
        "NaN",
        "0.01 to 1000",
        fixture.builder().timeoutMultiplier(Double.NaN));
  }

  @Test
  void shouldSayThatTheKernelHasNoVsock() throws IOException {
    GuestKernel kernel = kernel("virtio_pci");
    when(kernel.modules("vmw_vsock_virtio_transport"))
        .thenThrow(new IllegalArgumentException("no module vmw_vsock_virtio_transport"));

    assertProblem(
        "agent.modules",
        "vmw_vsock_virtio_transport",
        "no module",
        fixture.emptyBuilder().kernel(kernel).agent());
  }

  @Test
  void shouldTakeAKernelWithoutModulesAsItIs() throws IOException {
    GuestKernel kernel = kernel();
    when(kernel.modules()).thenThrow(new GuestKernelUnavailableException("no modules", "", null));

    boot(fixture.emptyBuilder().kernel(kernel).agent());

    assertEquals("standalone\n", text(booted(), CONFIG));
  }

  @Test
  void shouldReportTheInitramfsAlone_whenItIsMissing() {
    InvalidConfigurationException e =
        refuse(fixture.builder().initramfs(directory.resolve("none")).agent());

    assertOneProblem("initramfs", directory.resolve("none").toString(), "no such file", e);
  }
}
