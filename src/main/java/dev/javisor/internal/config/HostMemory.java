package dev.javisor.internal.config;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How much memory the host, and the control group that this process runs in, have left.
 *
 * <p>Source: proc(5) meminfo; Linux admin-guide/cgroup-v2.rst "Memory Interface Files";
 * admin-guide/cgroup-v1/memory.rst.
 */
public final class HostMemory {
  private static final long HUGE_PAGE = 2L << 20;

  private final Path root;

  /**
   * @param root where {@code proc} and {@code sys} are
   */
  public HostMemory(Path root) {
    this.root = root;
  }

  /** The memory of the host that this JVM runs on. */
  public static HostMemory ofThisHost() {
    return new HostMemory(Path.of("/"));
  }

  /**
   * Why guest RAM of this size cannot fit, if it cannot. What the host does not tell counts as
   * enough.
   */
  public Optional<String> shortage(long bytes) {
    OptionalLong available = meminfo("MemAvailable:");
    OptionalLong swap = meminfo("SwapFree:");
    if (available.isPresent() && bytes > available.getAsLong() + swap.orElse(0)) {
      return Optional.of("the host has %s left".formatted(size(available.getAsLong())));
    }
    OptionalLong group = leftInGroup();
    if (group.isPresent() && bytes > group.getAsLong()) {
      return Optional.of(
          "the control group of this JVM has %s left; the guest would get the whole JVM killed"
              .formatted(size(group.getAsLong())));
    }
    return Optional.empty();
  }

  /** How much new processes could take without swapping, as far as the host tells. */
  public OptionalLong available() {
    return min(meminfo("MemAvailable:"), leftInGroup());
  }

  /** Why the host's reserved huge pages of 2 MiB do not suffice, if they do not. */
  public Optional<String> hugePageShortage(long bytes) {
    long needed = (bytes + HUGE_PAGE - 1) / HUGE_PAGE;
    OptionalLong size = meminfo("Hugepagesize:");
    long free = readNumber(hugePages().resolve("free_hugepages")).orElse(0);
    if (size.isEmpty() || free >= needed) {
      return Optional.empty();
    }
    return Optional.of(
        "the host has %d free huge pages of 2 MiB and this takes %d; reserve them by sysctl"
                .formatted(free, needed)
            + " vm.nr_hugepages");
  }

  private Path hugePages() {
    return root.resolve("sys/kernel/mm/hugepages/hugepages-2048kB");
  }

  private OptionalLong leftInGroup() {
    OptionalLong least = OptionalLong.empty();
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length < 3) {
        continue;
      }
      if (parts[0].equals("0") && parts[1].isEmpty()) {
        least = min(least, leastOnPath(root.resolve("sys/fs/cgroup"), parts[2], GroupFiles.V2));
      } else if (List.of(parts[1].split(",")).contains("memory")) {
        least =
            min(least, leastOnPath(root.resolve("sys/fs/cgroup/memory"), parts[2], GroupFiles.V1));
      }
    }
    return least;
  }

  /** Each ancestor's limit binds, too. In a container the mount may show the group as the root. */
  private static OptionalLong leastOnPath(Path mount, String group, GroupFiles files) {
    OptionalLong least = left(mount, files);
    Path path = mount;
    for (String name : Splitter.on('/').split(group)) {
      path = path.resolve(name);
      if (!name.isEmpty() && !name.equals("..") && Files.isDirectory(path)) {
        least = min(least, left(path, files));
      }
    }
    return least;
  }

  private static OptionalLong left(Path group, GroupFiles files) {
    OptionalLong limit = readNumber(group.resolve(files.limit));
    OptionalLong used = readNumber(group.resolve(files.used));
    if (limit.isEmpty() || used.isEmpty()) {
      return OptionalLong.empty();
    }
    // Cold file cache is charged to the group, but goes away when memory is asked for.
    long cache = 0;
    for (String line : lines(group.resolve("memory.stat"))) {
      if (line.startsWith(files.cache + " ")) {
        cache = parse(line.substring(files.cache.length() + 1)).orElse(0);
      }
    }
    return OptionalLong.of(Math.max(0, limit.getAsLong() - used.getAsLong() + cache));
  }

  private OptionalLong meminfo(String key) {
    for (String line : lines(root.resolve("proc/meminfo"))) {
      if (line.startsWith(key)) {
        OptionalLong kib = parse(line.substring(key.length()).replace("kB", ""));
        return kib.isPresent() ? OptionalLong.of(kib.getAsLong() * 1024) : kib;
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong min(OptionalLong a, OptionalLong b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    return OptionalLong.of(Math.min(a.getAsLong(), b.getAsLong()));
  }

  private static OptionalLong readNumber(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? OptionalLong.empty() : parse(lines.get(0));
  }

  private static OptionalLong parse(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text.strip()));
    } catch (NumberFormatException e) {
      // Such as "max": no limit.
      return OptionalLong.empty();
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String size(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  private enum GroupFiles {
    V1("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    V2("memory.max", "memory.current", "inactive_file");

    final String limit;
    final String used;
    final String cache;

    GroupFiles(String limit, String used, String cache) {
      this.limit = limit;
      this.used = used;
      this.cache = cache;
    }
  }
}
