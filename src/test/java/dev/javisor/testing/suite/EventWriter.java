package dev.javisor.testing.suite;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Writes each event to a file at once, so that a machine that dies leaves what it knew, and a line
 * about each finished test to a stream. Safe for several threads.
 */
final class EventWriter implements TestExecutionListener {

  private final String where;
  private final Path file;
  private final PrintStream progress;
  private final Map<String, Long> started = new HashMap<>();
  private int failures;

  EventWriter(String where, Path file, PrintStream progress) {
    this.where = where;
    this.file = file;
    this.progress = progress;
  }

  /** How many tests and containers failed, were aborted or skipped. */
  synchronized int failures() {
    return failures;
  }

  @Override
  public synchronized void executionStarted(TestIdentifier identifier) {
    started.put(identifier.getUniqueId(), System.nanoTime());
    write(TestEvent.Kind.STARTED, identifier, Duration.ZERO, "");
  }

  @Override
  public synchronized void executionSkipped(TestIdentifier identifier, String reason) {
    record(TestEvent.Kind.SKIPPED, identifier, Duration.ZERO, reason);
  }

  @Override
  public synchronized void executionFinished(
      TestIdentifier identifier, TestExecutionResult result) {
    Long start = started.remove(identifier.getUniqueId());
    Duration duration = start == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - start);
    TestEvent.Kind kind =
        switch (result.getStatus()) {
          case SUCCESSFUL -> TestEvent.Kind.PASSED;
          case ABORTED -> TestEvent.Kind.ABORTED;
          case FAILED -> TestEvent.Kind.FAILED;
        };
    record(
        kind,
        identifier,
        duration,
        result.getThrowable().map(Throwables::getStackTraceAsString).orElse(""));
  }

  private void record(
      TestEvent.Kind kind, TestIdentifier identifier, Duration duration, String text) {
    write(kind, identifier, duration, text);
    boolean passed = kind == TestEvent.Kind.PASSED;
    if (!passed) {
      failures++;
    }
    if (identifier.isTest() || !passed) {
      progress.printf(
          Locale.ROOT,
          "[%s] %-7s %s (%.1f s)%n",
          where,
          kind.name().toLowerCase(Locale.ROOT),
          name(identifier),
          duration.toMillis() / 1000.0);
      progress.flush();
    }
  }

  private void write(
      TestEvent.Kind kind, TestIdentifier identifier, Duration duration, String text) {
    TestEvent event =
        new TestEvent(
            kind,
            SuiteIds.normalise(identifier.getUniqueId()),
            identifier.isTest(),
            where,
            duration,
            text);
    try {
      Files.writeString(
          file,
          event.toLine() + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the test results to " + file, e);
    }
  }

  private static String name(TestIdentifier identifier) {
    if (identifier.getSource().orElse(null) instanceof MethodSource source) {
      String className = source.getClassName();
      String simple = className.substring(className.lastIndexOf('.') + 1);
      String display = identifier.getDisplayName();
      return display.startsWith(source.getMethodName())
          ? simple + "." + source.getMethodName()
          : simple + "." + source.getMethodName() + " " + display;
    }
    return identifier.getDisplayName();
  }
}
