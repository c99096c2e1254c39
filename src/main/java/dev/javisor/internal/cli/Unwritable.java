package dev.javisor.internal.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says why a file that an option names cannot be written; exceptions of files often do not. */
final class Unwritable {
  private Unwritable() {}

  /** What is wrong with the option. */
  static IllegalArgumentException of(String option, Path file, IOException cause) {
    return new IllegalArgumentException(
        "%s: cannot write %s: %s".formatted(option, file, reason(file, cause)), cause);
  }

  private static String reason(Path file, IOException cause) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      return "it is a folder";
    }
    if (folder != null && !Files.isDirectory(folder)) {
      return "there is no directory " + folder;
    }
    if (cause instanceof AccessDeniedException) {
      return "user %s may not".formatted(System.getProperty("user.name"));
    }
    return String.valueOf(cause.getMessage());
  }
}
