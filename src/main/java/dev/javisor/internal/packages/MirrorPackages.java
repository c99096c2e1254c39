package dev.javisor.internal.packages;

import dev.javisor.internal.cache.Sha256;
import dev.javisor.internal.compress.Decompressors;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Packages straight from a mirror, for machines without apt. What apt verifies is verified here:
 * the signature of InRelease, by it the sums of the package lists, by them the sum of each package.
 */
final class MirrorPackages implements PackageSource {
  private static final long MAX_RELEASE = 16 << 20;
  private static final List<String> SUFFIXES = List.of(".xz", ".zst", ".gz", "");

  private final List<Archive> archives;
  private final String architecture;
  private final Path state;
  private final SignatureCheck signatures;
  private final InstantSource clock;
  private final Map<String, List<Located>> packages = new HashMap<>();

  private record Located(PackageRecord entry, URI mirror) {}

  /**
   * @param archives where to look; each with a keyring
   * @param state a folder for package lists
   */
  MirrorPackages(
      List<Archive> archives,
      String architecture,
      Path state,
      SignatureCheck signatures,
      InstantSource clock) {
    this.archives = List.copyOf(archives);
    this.architecture = architecture;
    this.state = state;
    this.signatures = signatures;
    this.clock = clock;
  }

  @Override
  public String description() {
    return archives.isEmpty() ? "no mirror" : archives.get(0).toString();
  }

  @Override
  public void prepare(Progress progress) throws IOException {
    Files.createDirectories(state);
    packages.clear();
    for (Archive archive : archives) {
      progress.step("fetching package lists of " + archive);
      Path signed = state.resolve("InRelease");
      URI dists = archive.mirror().resolve("dists/" + archive.suite() + "/");
      Download.get(dists.resolve("InRelease"), signed, MAX_RELEASE, 0, progress);
      Path keyring = archive.keyring().orElseThrow();
      ReleaseFile release =
          ReleaseFile.parse(
              signatures.signedText(signed, keyring, state), archive.suite(), clock.instant());
      for (String component : archive.components()) {
        readIndex(archive, dists, release, component, progress);
      }
    }
  }

  private void readIndex(
      Archive archive, URI dists, ReleaseFile release, String component, Progress progress)
      throws IOException {
    for (String suffix : SUFFIXES) {
      String name = component + "/binary-" + architecture + "/Packages" + suffix;
      ReleaseFile.Entry entry = release.files().get(name);
      if (entry != null) {
        String path =
            release.byHash()
                ? name.substring(0, name.lastIndexOf('/')) + "/by-hash/SHA256/" + entry.sha256()
                : name;
        Path list = state.resolve("Packages-" + entry.sha256());
        if (!Files.isRegularFile(list) || !Sha256.of(list).equals(entry.sha256())) {
          Path part = state.resolve("Packages.part");
          Download.getVerified(dists.resolve(path), part, entry.size(), entry.sha256(), progress);
          Files.move(part, list, StandardCopyOption.ATOMIC_MOVE);
        }
        parse(list, archive.mirror());
        return;
      }
    }
    throw new IOException(
        "%s has no packages for %s in %s".formatted(archive, architecture, component));
  }

  /** Reads paragraph by paragraph: a whole list has tens of MiB. */
  private void parse(Path list, URI mirror) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                Decompressors.open(Files.newInputStream(list)), StandardCharsets.UTF_8))) {
      StringBuilder paragraph = new StringBuilder();
      for (String line = reader.readLine(); ; line = reader.readLine()) {
        if (line != null && !line.isEmpty()) {
          paragraph.append(line).append('\n');
          continue;
        }
        // Of tens of thousands of packages only kernels, tools and firmware are ever asked for.
        if (paragraph.indexOf("Package: linux-") == 0
            || paragraph.indexOf("Package: busybox") == 0
            || paragraph.indexOf("Package: cloudhv-") == 0) {
          Stanza.parse(paragraph.toString()).stream()
              .flatMap(s -> PackageRecord.of(s).stream())
              .forEach(
                  p ->
                      packages
                          .computeIfAbsent(p.name(), n -> new ArrayList<>())
                          .add(new Located(p, mirror)));
        }
        paragraph.setLength(0);
        if (line == null) {
          return;
        }
      }
    }
  }

  @Override
  public Optional<PackageRecord> find(String name, Optional<String> version) {
    return located(name, version).map(Located::entry);
  }

  private Optional<Located> located(String name, Optional<String> version) {
    return packages.getOrDefault(name, List.of()).stream()
        .filter(p -> version.map(p.entry().version()::equals).orElse(true))
        .max(Comparator.comparing(p -> p.entry().version(), DebianVersion.ORDER));
  }

  @Override
  public Path download(PackageRecord wanted, Path folder, Progress progress) throws IOException {
    Located found =
        located(wanted.name(), Optional.of(wanted.version()))
            .orElseThrow(() -> new IOException("no package " + wanted));
    String filename = wanted.filename().orElse("");
    String sha256 = wanted.sha256().orElse("");
    if (!filename.matches("[A-Za-z0-9][A-Za-z0-9/._+~:%-]*") || filename.contains("..")) {
      throw new IOException("the package %s has the file name %s".formatted(wanted, filename));
    }
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IOException("the index has no SHA-256 of " + wanted);
    }
    progress.step("downloading " + wanted);
    Path target = folder.resolve("package.deb");
    URI address = found.mirror().resolve(filename.replace("%", "%25").replace(":", "%3a"));
    Download.getVerified(address, target, wanted.size(), sha256, progress);
    return target;
  }
}
