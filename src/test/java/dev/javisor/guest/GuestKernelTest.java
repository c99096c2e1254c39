package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.testing.guest.Compress;
import dev.javisor.testing.guest.FakeKernel;
import dev.javisor.testing.guest.FakeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuestKernelTest {
  private static final String RELEASE = "6.1.0-7-amd64";
  private static final byte[] VMLINUX = FakeKernel.vmlinux(RELEASE);

  @TempDir Path folder;

  @BeforeEach
  void setCache() {
    System.setProperty("javisor.cache", folder.resolve("cache").toString());
  }

  @AfterEach
  void clearCache() {
    System.clearProperty("javisor.cache");
  }

  private Path bzImage(String name, String release) throws IOException {
    byte[] vmlinux = FakeKernel.vmlinux(release);
    byte[] image = FakeKernel.bzImage(release, Compress.lz4(vmlinux), vmlinux.length, true);
    return Files.write(folder.resolve(name), image);
  }

  @Test
  void shouldTakeABzImage() throws IOException {
    Path image = bzImage("bzImage", RELEASE);

    GuestKernel kernel = GuestKernel.of(image);

    assertEquals(image, kernel.image());
    assertEquals(RELEASE, kernel.release());
    assertArrayEquals(VMLINUX, Files.readAllBytes(kernel.vmlinux()));
    assertTrue(kernel.vmlinux().startsWith(folder.resolve("cache")));
    assertEquals(kernel.vmlinux(), GuestKernel.of(image).vmlinux());
  }

  @Test
  void shouldTakeAVmlinuxAsItIs() throws IOException {
    Path image = Files.write(folder.resolve("vmlinux"), VMLINUX);

    GuestKernel kernel = GuestKernel.of(image);

    assertEquals(image, kernel.vmlinux());
    assertEquals(RELEASE, kernel.release());
  }

  @Test
  void shouldExtractAgain_whenTheImageIsAnother() throws IOException {
    Path image = bzImage("bzImage", RELEASE);
    GuestKernel.of(image).vmlinux();
    bzImage("bzImage", "7.0.0");

    assertArrayEquals(
        FakeKernel.vmlinux("7.0.0"), Files.readAllBytes(GuestKernel.of(image).vmlinux()));
  }

  @Test
  void shouldFindModulesInTheirFolder() throws IOException {
    Path modules = Files.createDirectories(folder.resolve("modules/kernel"));
    Files.write(modules.resolve("a.ko"), FakeModule.of("depends=b"));
    Files.write(modules.resolve("b.ko"), FakeModule.of());

    GuestKernel kernel = GuestKernel.of(bzImage("bzImage", RELEASE), modules.getParent());

    assertEquals(2, kernel.modules("a").size());
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> kernel.modules("none"));
    assertTrue(e.getMessage().contains("no module none"), e.getMessage());
  }

  @Test
  void shouldSayThatAKernelCameWithoutModules() throws IOException {
    GuestKernel kernel = GuestKernel.of(bzImage("bzImage", RELEASE));

    GuestKernelUnavailableException e =
        assertThrows(GuestKernelUnavailableException.class, () -> kernel.modules("a"));

    assertTrue(e.fix().contains("GuestKernel.of(image, modules)"), e.fix());
  }

  @Test
  void shouldRefuseWhatIsNoKernel() throws IOException {
    Path text = Files.writeString(folder.resolve("text"), "hello");
    Path none = folder.resolve("none");
    Path image = bzImage("bzImage", RELEASE);

    for (Path path : new Path[] {text, none, folder}) {
      assertThrows(
          GuestKernelUnavailableException.class, () -> GuestKernel.of(path), path.toString());
    }
    assertThrows(GuestKernelUnavailableException.class, () -> GuestKernel.of(image, none));
  }

  @Test
  void shouldSayWhatToPass_whenTheVmlinuxCannotBeHad() throws IOException {
    byte[] lzo = {(byte) 0x89, 'L', 'Z', 'O', 0, 13, 10, 26, 0, 0, 0, 0};
    Path image = Files.write(folder.resolve("lzo"), FakeKernel.bzImage(RELEASE, lzo, 1000, true));

    GuestKernelUnavailableException e =
        assertThrows(GuestKernelUnavailableException.class, () -> GuestKernel.of(image).vmlinux());

    assertTrue(e.reason().contains("LZO"), e.reason());
    assertTrue(e.fix().contains("uncompressed ELF vmlinux"), e.fix());
  }

  @Test
  void shouldTakeTheHostsNewestKernel() throws IOException {
    bzImage("vmlinuz-6.1.0-9-amd64", "6.1.0-9-amd64");
    bzImage("vmlinuz-6.1.0-10-amd64", "6.1.0-10-amd64");
    Path modules = Files.createDirectories(folder.resolve("modules/6.1.0-10-amd64"));
    Files.write(modules.resolve("a.ko"), FakeModule.of());

    GuestKernel kernel = HostKernels.newest(folder, folder.resolve("modules"));

    assertEquals("6.1.0-10-amd64", kernel.release());
    assertEquals(1, kernel.modules("a").size());
  }

  @Test
  void shouldSayWhatToDo_whenTheHostHasNoKernel() throws IOException {
    Files.createDirectories(folder.resolve("vmlinuz-6.1-not-a-file"));
    for (Path boot : new Path[] {folder, folder.resolve("none")}) {
      GuestKernelUnavailableException e =
          assertThrows(
              GuestKernelUnavailableException.class, () -> HostKernels.newest(boot, folder));

      assertTrue(e.reason().contains("no kernel in"), e.reason());
      assertTrue(e.fix().contains("GuestKernel.debian()"), e.fix());
    }
  }

  @Test
  void shouldOrderReleasesByTheirNumbers() {
    assertTrue(HostKernels.compare("6.1.0-9-amd64", "6.1.0-10-amd64") < 0);
    assertTrue(HostKernels.compare("6.10.0", "6.9.9") > 0);
    assertTrue(HostKernels.compare("6.1", "6.1.1") < 0);
    assertTrue(HostKernels.compare("5.99999999999999999999", "6") < 0);
    assertEquals(0, HostKernels.compare("6.1-a", "6.1-a"));
  }
}
