package dev.javisor;

import dev.javisor.internal.config.MemorySize;
import dev.javisor.internal.config.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks of single values of a configuration. Each adds what is wrong to the problems. */
final class Checks {
  private static final double LEAST_MULTIPLIER = 0.01;
  private static final double MOST_MULTIPLIER = 1000;
  private static final int LONGEST_NAME = 64;

  /** Linux, arch/x86/include/asm/setup.h: COMMAND_LINE_SIZE is 2048, the final NUL included. */
  private static final int LONGEST_CMDLINE = 2047;

  private static final int LEAST_BUFFER = 4 << 10;
  private static final int MOST_BUFFER = 256 << 20;

  private Checks() {}

  static void name(String name, List<Problem> problems) {
    boolean printable = name.chars().noneMatch(Character::isISOControl);
    if (name.isBlank() || name.length() > LONGEST_NAME || !printable) {
      problems.add(
          new Problem("name", shown(name), "expected 1 to 64 characters, no control characters"));
    }
  }

  /** What times are multiplied by; 1 where that was wrong. */
  static double timeoutMultiplier(double multiplier, List<Problem> problems) {
    if (multiplier >= LEAST_MULTIPLIER && multiplier <= MOST_MULTIPLIER) {
      return multiplier;
    }
    // Not a number is in no range.
    problems.add(
        new Problem("timeoutMultiplier", Double.toString(multiplier), "expected 0.01 to 1000"));
    return 1;
  }

  static void file(String field, @Nullable Path file, List<Problem> problems) {
    String hint = file == null ? "expected the path of a file" : whyNotReadable(file);
    if (hint != null) {
      problems.add(new Problem(field, file == null ? "unset" : file.toString(), hint));
    }
  }

  private static @Nullable String whyNotReadable(Path file) {
    if (file.getFileSystem() != FileSystems.getDefault()) {
      return "expected a file of the default file system; copy it there";
    }
    if (!Files.exists(file)) {
      return file.isAbsolute()
          ? "there is no such file"
          : "there is no such file; it is looked for in " + Path.of("").toAbsolutePath();
    }
    if (!Files.isRegularFile(file)) {
      return "expected a file, not a directory or device";
    }
    if (!Files.isReadable(file)) {
      return "the file may not be read by user " + System.getProperty("user.name");
    }
    try {
      return Files.size(file) == 0 ? "the file is empty" : null;
    } catch (IOException e) {
      return "the file cannot be read: " + e;
    }
  }

  static void cmdline(String cmdline, List<Problem> problems) {
    int length = cmdline.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_CMDLINE) {
      problems.add(
          new Problem(
              "cmdline",
              shown(cmdline),
              "it has %d bytes; Linux on x86 takes %d".formatted(length, LONGEST_CMDLINE)));
    }
    if (cmdline.indexOf('\0') >= 0) {
      problems.add(
          new Problem(
              "cmdline",
              shown(cmdline),
              "it has a NUL at position %d, where the guest would take it to end"
                  .formatted(cmdline.indexOf('\0'))));
    }
  }

  static int consoleBuffer(String size, List<Problem> problems) {
    long bytes;
    try {
      bytes = MemorySize.parse(size);
    } catch (IllegalArgumentException e) {
      problems.add(new Problem("consoleBuffer", shown(size), String.valueOf(e.getMessage())));
      return LEAST_BUFFER;
    }
    if (bytes < LEAST_BUFFER || bytes > MOST_BUFFER) {
      problems.add(new Problem("consoleBuffer", shown(size), "expected 4K to 256M"));
      return LEAST_BUFFER;
    }
    return (int) bytes;
  }

  /** A value as a message shows it: short, on one line. */
  static String shown(String value) {
    String line = value.replaceAll("\\p{Cc}", "?");
    return line.length() > 80 ? line.substring(0, 77) + "..." : line;
  }
}
