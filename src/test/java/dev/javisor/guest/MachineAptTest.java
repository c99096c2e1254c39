package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.testing.guest.FakeDeb;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a machine's apt, in which order, and what happens when it fails. */
class MachineAptTest {
  private static final String SHOW =
      """
      echo "cache $*" >> %1$s/calls
      case "$*" in
        *Dir::State::lists=*) test -e %1$s/updated || exit 100 ;;
        *) test -e %1$s/machine-lists || exit 100 ;;
      esac
      printf 'Package: busybox-static\\nVersion: 1:2\\nFilename: pool/b.deb\\nSize: 100000\\n\\n'
      """;
  private static final String GET =
      """
      echo "get $*" >> %1$s/calls
      case "$*" in
        *update) test -e %1$s/network || { echo 'E: Could not resolve host' >&2; exit 100; }
                 : > %1$s/updated ;;
        *download*) case "$*" in
                      *Dir::State::lists=*) ;;
                      *) test ! -e %1$s/outdated || { echo 'E: 404 Not Found' >&2; exit 100; } ;;
                    esac
                    cp %1$s/b.deb busybox-static_2_amd64.deb ;;
      esac
      """;

  @TempDir Path folder;

  private FakeMachine machine;

  @BeforeEach
  void makeMachine() throws Exception {
    machine = new FakeMachine(folder);
    machine.program("apt-cache", SHOW.formatted(folder));
    machine.program("apt-get", GET.formatted(folder));
    Files.write(folder.resolve("b.deb"), FakeDeb.of(Map.of("./bin/busybox", new byte[] {'b'})));
  }

  private void set(String flag) throws Exception {
    Files.writeString(folder.resolve(flag), "");
  }

  private String calls() throws Exception {
    return Files.readString(folder.resolve("calls"));
  }

  @Test
  void shouldUseTheMachinesLists_whenTheyHaveThePackage() throws Exception {
    set("machine-lists");

    assertEquals("b", Files.readString(machine.packages().busybox()));

    assertFalse(calls().contains("update"), calls());
    assertTrue(calls().contains("download -- busybox-static=1:2"), calls());
  }

  @Test
  void shouldFetchListsOfItsOwn_whenTheMachinesAreEmpty() throws Exception {
    set("network");

    assertEquals("b", Files.readString(machine.packages().busybox()));

    String lists = "Dir::State::lists=" + machine.cache;
    assertTrue(calls().lines().anyMatch(c -> c.contains(lists) && c.endsWith("update")), calls());
    assertTrue(calls().lines().anyMatch(c -> c.contains(lists) && c.contains("download")), calls());
  }

  @Test
  void shouldFetchListsOfItsOwn_whenTheMachinesAreOutdated() throws Exception {
    set("machine-lists");
    set("outdated");
    set("network");

    assertEquals("b", Files.readString(machine.packages().busybox()));
  }

  @Test
  void shouldUseWhatOtherMirrorsGave_whenOneFails() throws Exception {
    set("updated");

    assertEquals("b", Files.readString(machine.packages().busybox()));
  }

  @Test
  void shouldTakeNothingUnverified_andSetOffNothing() throws Exception {
    set("machine-lists");
    machine.packages().busybox();

    String option = calls().lines().findFirst().orElseThrow().replaceFirst(".* -c (\\S+) .*", "$1");
    String configuration = Files.readString(Path.of(option));

    assertTrue(configuration.contains("APT::Get::AllowUnauthenticated \"false\";"), configuration);
    assertTrue(configuration.contains("#clear APT::Update::Post-Invoke;"), configuration);
  }

  @Test
  void shouldTellWhatAptSaid_whenNothingCanBeHad() throws Exception {
    set("machine-lists");
    set("outdated");

    GuestKernelUnavailableException e =
        assertThrows(GuestKernelUnavailableException.class, () -> machine.packages().busybox());

    assertTrue(e.reason().contains("E: 404 Not Found"), e.reason());
    assertTrue(e.reason().contains("E: Could not resolve host"), e.reason());
    assertTrue(e.fix().contains("busybox of your own"), e.fix());
  }
}
