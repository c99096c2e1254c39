package dev.javisor.internal.packages;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the packages that hold a kernel and its modules, from the metapackage that depends on them.
 * Only packages of one kernel version are followed, never what a kernel needs to be installed.
 */
final class PackageWalk {
  private static final int LIMIT = 16;
  private static final Pattern KERNEL_PART =
      Pattern.compile("linux-(image|image-unsigned|binary|modules|modules-extra|base)-[0-9].*");

  private PackageWalk() {}

  /**
   * The packages to unpack, the named one first.
   *
   * @throws IOException if the first cannot be found, or a part of its kernel cannot
   */
  static List<PackageRecord> from(PackageSource source, String name) throws IOException {
    List<PackageRecord> found = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>(List.of(name));
    Deque<Dependency> todo = new ArrayDeque<>(List.of(new Dependency(name, Optional.empty())));
    while (!todo.isEmpty()) {
      Dependency next = todo.remove();
      Optional<PackageRecord> entry = source.find(next.name(), next.version());
      if (entry.isEmpty()) {
        // Of alternatives only some exist; a kernel without its image is noticed when unpacked.
        if (found.isEmpty()) {
          String trouble = source.trouble();
          throw new IOException(
              "no package %s in %s%s"
                  .formatted(name, source.description(), trouble.isEmpty() ? "" : ": " + trouble));
        }
        continue;
      }
      found.add(entry.get());
      if (found.size() > LIMIT) {
        throw new IOException("package %s has too many parts: %s".formatted(name, found));
      }
      for (Dependency part : entry.get().depends()) {
        if (KERNEL_PART.matcher(part.name()).matches() && seen.add(part.name())) {
          todo.add(part);
        }
      }
    }
    return found;
  }
}
