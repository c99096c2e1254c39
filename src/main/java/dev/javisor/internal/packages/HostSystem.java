package dev.javisor.internal.packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the machine has that matters for fetching packages: its distribution, programs and keys. */
public final class HostSystem {
  private final Path root;
  private final List<Path> programFolders;

  /**
   * @param root the folder in which {@code etc} and {@code usr} are
   * @param programFolders where to look for programs, in that order
   */
  public HostSystem(Path root, List<Path> programFolders) {
    this.root = root;
    this.programFolders = List.copyOf(programFolders);
  }

  /** This machine. */
  public static HostSystem real() {
    String path = System.getenv("PATH");
    return new HostSystem(
        Path.of("/"),
        Stream.concat(
                Stream.of((path == null ? "" : path).split(":")).filter(p -> p.startsWith("/")),
                Stream.of("/usr/bin", "/bin"))
            .map(Path::of)
            .toList());
  }

  /** Whether this machine runs that distribution, or one made from it. */
  boolean isLike(Distribution distribution) {
    Map<String, String> release = osRelease();
    Set<String> ids = new TreeSet<>(List.of(release.getOrDefault("ID_LIKE", "").split(" ")));
    ids.add(release.getOrDefault("ID", ""));
    // Ubuntu says that it is like Debian, but has none of its packages.
    return ids.contains(distribution.id())
        && (distribution != Distribution.DEBIAN || !ids.contains(Distribution.UBUNTU.id()));
  }

  /**
   * The distribution that this machine runs and its release, such as {@code debian 12 bookworm}.
   */
  String name() {
    Map<String, String> release = osRelease();
    return "%s %s %s"
        .formatted(
            release.getOrDefault("ID", "unknown"),
            release.getOrDefault("VERSION_ID", ""),
            release.getOrDefault("VERSION_CODENAME", ""))
        .strip();
  }

  /** The code name of its release, where it is that distribution's own. */
  Optional<String> codename(Distribution distribution) {
    Map<String, String> release = osRelease();
    return Optional.ofNullable(
        release.getOrDefault("ID", "").equals(distribution.id())
            ? release.get("VERSION_CODENAME")
            : distribution == Distribution.UBUNTU ? release.get("UBUNTU_CODENAME") : null);
  }

  /** Finds a program. */
  Optional<Path> program(String name) {
    return programFolders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The distribution's keys, if they are installed. */
  Optional<Path> keyring(Distribution distribution) {
    return Optional.of(root.resolve("usr/share/keyrings").resolve(distribution.keyring()))
        .filter(Files::isReadable);
  }

  /** Where apt's configuration is. */
  Path aptConfiguration() {
    return root.resolve("etc/apt");
  }

  /** os-release(5): shell assignments, whose values may be quoted. */
  private Map<String, String> osRelease() {
    Map<String, String> values = new HashMap<>();
    for (String place : List.of("etc/os-release", "usr/lib/os-release")) {
      try {
        for (String line : Files.readAllLines(root.resolve(place))) {
          int equals = line.indexOf('=');
          if (equals > 0 && !line.startsWith("#")) {
            String value = line.substring(equals + 1).strip().replaceAll("^[\"']|[\"']$", "");
            values.putIfAbsent(line.substring(0, equals).strip(), value);
          }
        }
        return values;
      } catch (IOException e) {
        values.clear();
      }
    }
    return values;
  }
}
