package dev.javisor.internal.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * The options that say what is logged, and where to. The program's log lines go through
 * slf4j-simple, which reads its system properties when the first logger is made.
 */
final class LogOptions {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  @Option(
      names = "-v",
      description = "log more: -v for what happens, -vv for what helps to find a fault")
  private boolean[] verbose = {};

  @Option(
      names = "--log-file",
      paramLabel = "FILE",
      description = "where log lines go; default: standard error")
  private @Nullable Path file;

  /**
   * Applies the options; before any logger is made.
   *
   * @throws IllegalArgumentException if the file cannot be written
   */
  void apply() {
    set("defaultLogLevel", verbose.length == 0 ? "warn" : verbose.length == 1 ? "info" : "debug");
    set("showThreadName", "false");
    set("showLogName", "false");
    set("levelInBrackets", "true");
    if (file != null) {
      KeyValues.nonEmpty("--log-file", file);
      try {
        Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      } catch (IOException e) {
        throw Unwritable.of("--log-file", file, e);
      }
      set("logFile", file.toString());
      set("showDateTime", "true");
      set("dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
    }
  }

  private static void set(String key, String value) {
    if (System.getProperty(PREFIX + key) == null) {
      System.setProperty(PREFIX + key, value);
    }
  }
}
