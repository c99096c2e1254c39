package dev.javisor.internal.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSystemTest {
  @TempDir Path root;

  private HostSystem host(String osRelease) throws IOException {
    Files.createDirectories(root.resolve("etc"));
    Files.writeString(root.resolve("etc/os-release"), osRelease);
    return new HostSystem(root, List.of(root.resolve("bin")));
  }

  @Test
  void shouldKnowDebian() throws IOException {
    HostSystem host =
        host(
            "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nID=debian\n");

    assertTrue(host.isLike(Distribution.DEBIAN));
    assertFalse(host.isLike(Distribution.UBUNTU));
    assertEquals(Optional.of("bookworm"), host.codename(Distribution.DEBIAN));
    assertEquals("debian 12 bookworm", host.name());
  }

  @Test
  void shouldKnowUbuntu() throws IOException {
    HostSystem host = host("ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n");

    assertFalse(host.isLike(Distribution.DEBIAN));
    assertTrue(host.isLike(Distribution.UBUNTU));
    assertEquals(Optional.of("noble"), host.codename(Distribution.UBUNTU));
  }

  @Test
  void shouldKnowWhatIsMadeFromThem() throws IOException {
    HostSystem host =
        host(
            "ID=linuxmint\nID_LIKE='ubuntu debian'\nVERSION_CODENAME=wilma\nUBUNTU_CODENAME=noble\n");

    assertFalse(host.isLike(Distribution.DEBIAN));
    assertTrue(host.isLike(Distribution.UBUNTU));
    assertEquals(Optional.of("noble"), host.codename(Distribution.UBUNTU));
    assertEquals(Optional.empty(), host.codename(Distribution.DEBIAN));
  }

  @Test
  void shouldKnowNothing_whenNothingIsThere() {
    HostSystem host = new HostSystem(root, List.of());

    assertFalse(host.isLike(Distribution.DEBIAN));
    assertEquals("unknown", host.name());
    assertEquals(Optional.empty(), host.program("apt-get"));
    assertEquals(Optional.empty(), host.keyring(Distribution.DEBIAN));
  }

  @Test
  void shouldFindProgramsThatCanRun() throws IOException {
    HostSystem host = host("ID=debian\n");
    Path bin = Files.createDirectories(root.resolve("bin"));
    Files.writeString(bin.resolve("gpgv"), "");
    assertEquals(Optional.empty(), host.program("gpgv"));

    assertTrue(bin.resolve("gpgv").toFile().setExecutable(true));

    assertEquals(Optional.of(bin.resolve("gpgv")), host.program("gpgv"));
  }
}
