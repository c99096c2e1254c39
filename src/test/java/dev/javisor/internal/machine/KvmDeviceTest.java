package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.internal.sys.Unprivileged;
import dev.javisor.testing.microguest.MicroGuest;
import dev.javisor.testing.microguest.MicroMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a boot on a device that is no usable KVM. */
class KvmDeviceTest {
  @TempDir Path folder;

  @Test
  void shouldSayHowToGetKvm_whenThereIsNoDevice() {
    Path missing = folder.resolve("kvm");

    HypervisorUnavailableException e = bootOn(missing);

    assertEquals(missing + " does not exist", e.reason());
    assertTrue(e.fix().contains("modprobe"), e.fix());
    assertEquals(e.reason(), new KvmPlatform(missing).facts().problem().reason());
    assertEquals(e.reason(), new KvmPlatform(missing).stockKernel().orElseThrow().reason());
  }

  @Test
  void shouldSayWhatItIsNot_whenTheDeviceIsAnother() {
    for (Path other : List.of(Path.of("/dev/null"), regularFile("file"))) {
      HypervisorUnavailableException e = bootOn(other);

      assertEquals(other + " is not KVM (ENOTTY)", e.reason());
      assertTrue(e.fix().contains("/dev/kvm"), e.fix());
    }
  }

  @Test
  void shouldSayThatItIsNoKvm_whenTheDeviceIsAFolder() {
    assertTrue(bootOn(folder).reason().contains("EISDIR"));
  }

  @Test
  void shouldSayHowToGetPermission_whenTheUserMayNotOpenTheDevice() throws IOException {
    Path forbidden = regularFile("forbidden");
    Files.setPosixFilePermissions(forbidden, PosixFilePermissions.fromString("---------"));
    // Loads the classes, which may be just as forbidden.
    bootOn(regularFile("readable"));

    HypervisorUnavailableException e = Unprivileged.call(() -> bootOn(forbidden));

    assertTrue(e.reason().contains("may not open " + forbidden + " (EACCES)"), e.reason());
    assertTrue(e.fix().contains("usermod -aG"), e.fix());
  }

  private Path regularFile(String name) {
    try {
      return Files.createFile(folder.resolve(name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static HypervisorUnavailableException bootOn(Path device) {
    MachineSpec spec = MicroMachine.spec(MicroGuest.code(a -> {}), Path.of("/nowhere"));
    try (Machine machine = new KvmPlatform(device).create(spec, new SilentListener())) {
      return assertThrows(HypervisorUnavailableException.class, machine::boot);
    }
  }
}
