package dev.javisor.internal.guest;

import dev.javisor.internal.cache.CachedFolder;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The files below a kernel's {@code lib/modules/RELEASE}. */
public interface ModuleFiles {
  /** Their paths below that folder, with {@code /} between names. */
  Set<String> names() throws IOException;

  /** Where one of them is, checked if it comes from the cache. */
  Path file(String name) throws IOException;

  /** The files of an ordinary folder. */
  static ModuleFiles of(Path folder) {
    return new ModuleFiles() {
      @Override
      public Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        // Its links named build and source lead to trees that hold no modules.
        try (Stream<Path> walk = Files.walk(folder, new FileVisitOption[0])) {
          walk.filter(Files::isRegularFile)
              .forEach(file -> names.add(folder.relativize(file).toString()));
        }
        return names;
      }

      @Override
      public Path file(String name) {
        return folder.resolve(name);
      }
    };
  }

  /**
   * The files of a part of a cached folder.
   *
   * @param prefix that part's path with {@code /} at its end
   */
  static ModuleFiles of(CachedFolder folder, String prefix) {
    return new ModuleFiles() {
      @Override
      public Set<String> names() {
        Set<String> names = new TreeSet<>();
        for (String file : folder.files()) {
          if (file.startsWith(prefix)) {
            names.add(file.substring(prefix.length()));
          }
        }
        return names;
      }

      @Override
      public Path file(String name) throws IOException {
        return folder.file(prefix + name);
      }
    };
  }
}
