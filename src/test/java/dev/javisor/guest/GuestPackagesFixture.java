package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.GuestKernelUnavailableException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/**
 * What tests of packages share. They fetch from archives that they make, by the machine's own apt
 * and gpgv.
 */
abstract class GuestPackagesFixture {
  /** How packages get verified. */
  enum Route {
    APT,
    GPGV;

    FakeMachine machine(Path folder) throws Exception {
      return this == APT ? FakeMachine.withApt(folder) : FakeMachine.withGpgv(folder);
    }
  }

  @TempDir Path folder;

  static GuestPackages named(FakeMachine machine) {
    return machine.packages(machine.mirror.toUri());
  }

  static GuestKernelUnavailableException failure(GuestPackages packages) {
    return assertThrows(GuestKernelUnavailableException.class, packages::kernel);
  }

  static void assertContains(String part, String text) {
    assertTrue(text.contains(part), text);
  }
}
