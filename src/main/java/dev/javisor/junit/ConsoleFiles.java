package dev.javisor.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives each machine a file for its console, named by the test.
 *
 * <p>Threading: any thread.
 */
final class ConsoleFiles {
  private static final int LONGEST_NAME = 100;

  private final Path folder;
  private final Set<Path> given = ConcurrentHashMap.newKeySet();

  ConsoleFiles(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  /**
   * A file that no other machine of this run has; one of an earlier run is replaced.
   *
   * @param label what the machine is called
   */
  Path next(ExtensionContext context, String label) {
    String type = context.getTestClass().map(Class::getName).orElse("shared");
    String test = context.getTestMethod().map(method -> method.getName() + "-").orElse("");
    String name = plain(test + label);
    Path parent = folder.resolve(plain(type));
    Path file = parent.resolve(name + ".log");
    for (int i = 2; !given.add(file); i++) {
      file = parent.resolve(name + "-" + i + ".log");
    }
    try {
      Files.createDirectories(parent);
      Files.write(file, new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot write " + file + "; javisor.console.dir names another folder", e);
    }
    return file;
  }

  private static String plain(String name) {
    String plain = name.replaceAll("[^A-Za-z0-9._$-]", "_");
    return plain.length() <= LONGEST_NAME ? plain : plain.substring(0, LONGEST_NAME);
  }
}
