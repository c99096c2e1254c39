package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.testing.guest.FakeArchive;
import dev.javisor.testing.guest.FakeKernel;
import dev.javisor.testing.guest.FakeModule;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuestPackagesTest extends GuestPackagesFixture {
  @ParameterizedTest
  @EnumSource
  void shouldFetchAKernelByItsMetapackage(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine.archive().publish(FakeMachine.SUITE);

    GuestKernel kernel = named(machine).kernel();

    assertEquals(FakeMachine.RELEASE, kernel.release());
    assertArrayEquals(
        FakeKernel.vmlinux(FakeMachine.RELEASE), Files.readAllBytes(kernel.vmlinux()));
    assertEquals("vmlinuz-" + FakeMachine.RELEASE, kernel.image().getFileName().toString());
    assertEquals(
        List.of("virtio_ring.ko", "virtio.ko", "virtio_blk.ko.xz"),
        kernel.modules("virtio-blk", "8250").stream()
            .map(p -> p.getFileName().toString())
            .toList());
    assertContains("linux-image-6.1.0-7-cloud-amd64 6.1.10-1", kernel.toString());
    assertTrue(
        machine.steps.stream().anyMatch(s -> s.startsWith("downloading linux-image-6.1.0-7")));
    assertFalse(Files.exists(kernel.image().resolveSibling("config-" + FakeMachine.RELEASE)));
  }

  @ParameterizedTest
  @EnumSource
  void shouldFetchBusybox(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine.archive().publish(FakeMachine.SUITE);

    Path busybox = named(machine).busybox();

    assertEquals("bb", Files.readString(busybox));
    assertTrue(Files.isExecutable(busybox));
  }

  @ParameterizedTest
  @EnumSource
  void shouldFetchAFirmware(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    String path = "./usr/share/cloudhv-efi-x86-64/CLOUDHV.fd";
    new FakeArchive(machine.mirror, machine.key)
        .add("cloudhv-efi-x86-64", "2026.08-1", "", Map.of(path, new byte[] {1, 2, 3}))
        .publish("sid");

    Path firmware = named(machine).firmware();

    assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(firmware));
    assertEquals("CLOUDHV.fd", firmware.getFileName().toString());
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayWhatToDo_whenThereIsNoFirmware(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine.archive().publish(FakeMachine.SUITE);

    GuestKernelUnavailableException e =
        assertThrows(GuestKernelUnavailableException.class, () -> named(machine).firmware());

    assertContains("CLOUDHV.fd from elsewhere", e.getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void shouldFollowAKernelThatIsSplitIntoParts(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    String release = "7.2.13+deb14-cloud-amd64";
    String same = release + " (= 7.2.13-1)";
    byte[] vmlinux = FakeKernel.vmlinux(release);
    String modules = "./usr/lib/modules/" + release + "/";
    new FakeArchive(machine.mirror, machine.key)
        .add("linux-image-cloud-amd64", "7.2.13-1", "linux-image-" + same, Map.of())
        .add(
            "linux-image-" + release,
            "7.2.13-1",
            "dracut | initramfs-tools, linux-base-%s, linux-binary-%s, linux-modules-%s"
                .formatted(same, same, same),
            Map.of())
        .add(
            "linux-base-" + release,
            "7.2.13-1",
            "",
            Map.of(
                modules + "modules.builtin", "kernel/x.ko\n".getBytes(StandardCharsets.US_ASCII)))
        .add(
            "linux-binary-" + release,
            "7.2.13-1",
            "linux-base-" + same,
            Map.of(modules + "vmlinuz", FakeKernel.bzImage(release, vmlinux, vmlinux.length, true)))
        .add(
            "linux-modules-" + release,
            "7.2.13-1",
            "",
            Map.of(modules + "kernel/a.ko", FakeModule.of("depends=x")))
        .publish(FakeMachine.SUITE);

    GuestKernel kernel = named(machine).kernel();

    assertEquals(release, kernel.release());
    assertArrayEquals(vmlinux, Files.readAllBytes(kernel.vmlinux()));
    assertEquals(1, kernel.modules("a", "x").size());
  }

  @ParameterizedTest
  @EnumSource
  void shouldTakeTheNewestVersion(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine
        .archive()
        .addKernel(FakeMachine.METAPACKAGE, "6.1.0-10-cloud-amd64", "6.1.100-1")
        .addKernel(FakeMachine.METAPACKAGE, "6.1.0-9-cloud-amd64", "6.1.99-1")
        .publish(FakeMachine.SUITE);

    assertEquals("6.1.0-10-cloud-amd64", named(machine).kernel().release());
  }

  @ParameterizedTest
  @EnumSource
  void shouldSayWhatToDo_whenNothingCanBeHad(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);

    GuestKernelUnavailableException e = failure(named(machine));

    assertContains("linux-image-cloud-amd64", e.reason());
    assertContains("connect to the network", e.fix());
    assertContains("GuestPackages.mirror", e.fix());
    assertContains("GuestKernel.of", e.fix());
    assertContains(machine.mirror.toString(), e.getMessage());
  }

  @Test
  void shouldReadListsByTheirSums() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine.archive().byHash().publish(FakeMachine.SUITE);

    assertEquals(FakeMachine.RELEASE, named(machine).kernel().release());
  }

  @Test
  void shouldTakeTheMirrorFromTheMachinesConfiguration() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine.archive().publish(FakeMachine.SUITE);

    assertEquals(FakeMachine.RELEASE, machine.packages().kernel().release());
  }

  @ParameterizedTest
  @EnumSource
  void shouldTakeAnotherReleaseFromTheMachinesMirror(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine.archive().publish("newer");

    assertEquals(FakeMachine.RELEASE, machine.packages().suite("newer").kernel().release());
    assertContains(
        FakeMachine.SUITE, failure(machine.packages().keyring(machine.keyring)).reason());
  }

  @Test
  void shouldTakeTheMirrorFromAProperty() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine.archive().publish(FakeMachine.SUITE);
    Files.delete(folder.resolve("etc/apt/sources.list"));
    assertContains("javisor.debian.mirror", failure(machine.packages()).fix());
    System.setProperty("javisor.debian.mirror", machine.mirror.toUri().toString());
    try {
      assertEquals(FakeMachine.RELEASE, machine.packages().kernel().release());
    } finally {
      System.clearProperty("javisor.debian.mirror");
    }
  }

  @Test
  void shouldSayWhatToPass_whenTheSystemIsAnother() throws Exception {
    FakeMachine machine = new FakeMachine(folder);
    Files.writeString(folder.resolve("etc/os-release"), "ID=fedora\nVERSION_ID=43\n");

    GuestKernelUnavailableException noMirror = failure(machine.packages());
    assertContains("fedora 43", noMirror.reason());
    assertContains("GuestKernel.of(Path)", noMirror.fix());

    GuestKernelUnavailableException noGpgv = failure(named(machine));
    assertContains("neither apt nor gpgv", noGpgv.reason());
    assertContains("install gpgv", noGpgv.fix());

    Files.delete(machine.keyring);
    GuestKernelUnavailableException noKeys = failure(named(machine));
    assertContains("no keys", noKeys.reason());
    assertContains("GuestPackages.keyring", noKeys.fix());

    assertContains("cannot be read", failure(named(machine).keyring(Path.of("/none"))).reason());
  }

  @Test
  void shouldFetchAKernelThatIsNoBzImage() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    new FakeArchive(machine.mirror, machine.key)
        .add("linux-image-6.1-x", "1", "", Map.of("./boot/vmlinuz-6.1-x", new byte[] {'M', 'Z'}))
        .publish(FakeMachine.SUITE);

    GuestKernel kernel = named(machine).kernel("linux-image-6.1-x");

    assertEquals(2, Files.size(kernel.image()));
    assertContains(
        "no bzImage",
        assertThrows(GuestKernelUnavailableException.class, kernel::vmlinux).reason());
  }

  @Test
  void shouldTellWhatIsWrongWithTheMirror_whenAptOnlyWarns() throws Exception {
    FakeMachine machine = FakeMachine.withApt(folder);

    GuestKernelUnavailableException e =
        failure(machine.packages(URI.create("http://127.0.0.1:9/debian")));

    assertContains("127.0.0.1:9", e.reason());
    assertContains("Failed to fetch", e.reason());
  }

  @Test
  void shouldRefuseAPackageThatHoldsNoKernel() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine
        .archive()
        .add("linux-doc", "1", "", Map.of("./doc", new byte[1]))
        .publish(FakeMachine.SUITE);

    GuestKernelUnavailableException e =
        assertThrows(
            GuestKernelUnavailableException.class, () -> named(machine).kernel("linux-doc"));

    assertContains("0 kernels", e.reason());
  }

  @Test
  void shouldRefuseAPackageThatDoesNotExist() throws Exception {
    FakeMachine machine = FakeMachine.withApt(folder);
    machine.archive().publish(FakeMachine.SUITE);

    GuestKernelUnavailableException e =
        assertThrows(
            GuestKernelUnavailableException.class, () -> named(machine).kernel("linux-image-none"));

    assertContains("no package linux-image-none", e.reason());
  }

  @Test
  void shouldRefuseNonsense() throws Exception {
    GuestPackages packages = GuestPackages.ubuntu().cache(folder);

    assertThrows(IllegalArgumentException.class, () -> packages.suite("a b"));
    assertThrows(IllegalArgumentException.class, () -> packages.suite("../x"));
    assertThrows(IllegalArgumentException.class, () -> packages.architecture("-o"));
    assertThrows(IllegalArgumentException.class, () -> packages.kernel("--option"));
    assertThrows(IllegalArgumentException.class, () -> packages.mirror(URI.create("ftp://x/")));
    assertThrows(IllegalArgumentException.class, () -> packages.mirror(URI.create("relative")));
  }
}
