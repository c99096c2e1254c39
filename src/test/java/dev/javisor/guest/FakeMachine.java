package dev.javisor.guest;

import dev.javisor.internal.packages.HostSystem;
import dev.javisor.testing.guest.FakeArchive;
import dev.javisor.testing.guest.OpenPgpKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** A Debian machine and an archive that it takes packages from, in a folder. */
final class FakeMachine {
  static final String SUITE = "testing-suite";
  static final String RELEASE = "6.1.0-7-cloud-amd64";
  static final String METAPACKAGE = "linux-image-cloud-amd64";

  final Path folder;
  final Path mirror;
  final Path cache;
  final OpenPgpKey key;
  final Path keyring;
  final Path programs;
  final List<String> steps = new ArrayList<>();

  /**
   * @param folder an empty folder
   * @param programNames the programs of the real machine that this one has
   */
  FakeMachine(Path folder, String... programNames) throws IOException, GeneralSecurityException {
    this.folder = folder;
    this.mirror = Files.createDirectories(folder.resolve("mirror"));
    this.cache = folder.resolve("cache");
    this.programs = Files.createDirectories(folder.resolve("bin"));
    this.key = OpenPgpKey.generate();
    Path keyrings = Files.createDirectories(folder.resolve("usr/share/keyrings"));
    this.keyring = Files.write(keyrings.resolve("debian-archive-keyring.gpg"), key.keyring());
    Path etc = Files.createDirectories(folder.resolve("etc/apt"));
    Files.writeString(
        folder.resolve("etc/os-release"), "ID=debian\nVERSION_CODENAME=" + SUITE + "\n");
    Files.writeString(
        etc.resolve("sources.list"), "deb %s %s main\n".formatted(mirror.toUri(), SUITE));
    for (String name : programNames) {
      program(name, "exec /usr/bin/" + name + " \"$@\"");
    }
  }

  static FakeMachine withApt(Path folder) throws IOException, GeneralSecurityException {
    return new FakeMachine(folder, "apt-get", "apt-cache");
  }

  static FakeMachine withGpgv(Path folder) throws IOException, GeneralSecurityException {
    return new FakeMachine(folder, "gpgv");
  }

  /** Gives the machine a program. */
  void program(String name, String script) throws IOException {
    Path file = Files.writeString(programs.resolve(name), "#!/bin/sh\n" + script + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " a program");
    }
  }

  /** An archive with a kernel and busybox, not published yet. */
  FakeArchive archive() throws IOException {
    return new FakeArchive(mirror, key)
        .addKernel(METAPACKAGE, RELEASE, "6.1.10-1")
        .addBusybox("bb");
  }

  HostSystem host() {
    return new HostSystem(folder, List.of(programs));
  }

  /** Packages from the configured mirror by what the machine has. */
  GuestPackages packages() {
    return GuestPackages.debian().on(host()).cache(cache).listener(new Steps());
  }

  /** Packages from a mirror that is named. */
  GuestPackages packages(URI address) {
    return packages().mirror(address);
  }

  private final class Steps implements FetchListener {
    @Override
    public void step(String what) {
      steps.add(what);
    }

    @Override
    public void bytes(long done, long total) {
      if (total > 0 && done > total) {
        throw new AssertionError(done + " of " + total);
      }
    }
  }
}
