package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.testing.guest.OpenPgpKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is not verified is not used. */
class PackageTrustTest extends GuestPackagesFixture {
  private static Path debOf(FakeMachine machine, String start) throws IOException {
    try (Stream<Path> list = Files.list(machine.mirror.resolve("pool/main/l"))) {
      return list.filter(p -> p.getFileName().toString().startsWith(start)).findFirst().get();
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseAnArchiveThatWasTamperedWith(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine
        .archive()
        .publish(FakeMachine.SUITE, text -> text.replace("Origin: Test", "Origin: Evil"));

    GuestKernelUnavailableException e = failure(named(machine));

    assertTrue(e.reason().matches("(?s).*([Ss]ignature|BADSIG).*"), e.reason());
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseAnArchiveThatAnotherSigned(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine.archive().publish(FakeMachine.SUITE);
    Path other = Files.write(folder.resolve("other.gpg"), OpenPgpKey.generate().keyring());

    GuestKernelUnavailableException e = failure(named(machine).keyring(other));

    assertTrue(e.reason().matches("(?s).*([Ss]ignature|NO_PUBKEY).*"), e.reason());
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseAnArchiveWithoutSignature(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine
        .archive()
        .publish(
            FakeMachine.SUITE,
            text -> text.replaceAll("(?s)^.*Hash: SHA256\n\n|-----BEGIN PGP SIGNATURE.*$", ""));

    failure(named(machine));
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseAPackageThatIsNotTheIndexed(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine.archive().publish(FakeMachine.SUITE);
    Path deb = debOf(machine, "linux-image-6.1.0-7");
    byte[] bytes = Files.readAllBytes(deb);
    bytes[bytes.length / 2] ^= 1;
    Files.write(deb, bytes);

    GuestKernelUnavailableException e = failure(named(machine));

    assertTrue(e.reason().matches("(?s).*(Hash Sum mismatch|SHA-256).*"), e.reason());
  }

  @ParameterizedTest
  @EnumSource
  void shouldRefuseAListThatIsNotTheSigned(Route route) throws Exception {
    FakeMachine machine = route.machine(folder);
    machine.archive().publish(FakeMachine.SUITE);
    Path binary = machine.mirror.resolve("dists/" + FakeMachine.SUITE + "/main/binary-amd64");
    for (String name : List.of("Packages", "Packages.xz")) {
      byte[] bytes = Files.readAllBytes(binary.resolve(name));
      bytes[20] ^= 1;
      Files.write(binary.resolve(name), bytes);
    }

    failure(named(machine));
  }

  /** Whether apt minds is a matter of its configuration. */
  @Test
  void shouldRefuseListsThatAreOutOfDate() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine.archive().validFor(Duration.ofDays(-1)).publish(FakeMachine.SUITE);

    assertContains("valid until", failure(named(machine)).reason());
  }

  @Test
  void shouldRefuseAnotherReleaseThanAskedFor() throws Exception {
    FakeMachine machine = FakeMachine.withGpgv(folder);
    machine.archive().publish("other");
    Files.move(
        machine.mirror.resolve("dists/other"),
        machine.mirror.resolve("dists/" + FakeMachine.SUITE));

    assertContains("other", failure(named(machine)).reason());
  }
}
