package dev.javisor.junit;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs classes of tests in this JVM by its JUnit, whichever that is, and keeps what came of it. */
final class InnerRun implements TestExecutionListener {
  private final Map<String, TestExecutionResult> ended = new ConcurrentHashMap<>();
  private final Map<String, String> skipped = new ConcurrentHashMap<>();
  private final List<ReportEntry> entries = new CopyOnWriteArrayList<>();

  private InnerRun() {}

  /**
   * Runs classes, with fake machines or with real ones.
   *
   * @param parameters JUnit's, names and values by turns
   */
  static InnerRun of(
      @Nullable FakeMachines machines,
      Path consoles,
      List<Class<?>> classes,
      String... parameters) {
    UseFakes.machines = machines;
    LauncherDiscoveryRequestBuilder request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(classes.stream().map(DiscoverySelectors::selectClass).toList())
            .configurationParameter("javisor.console.dir", consoles.toString());
    for (int i = 0; i < parameters.length; i += 2) {
      request.configurationParameter(parameters[i], parameters[i + 1]);
    }
    InnerRun run = new InnerRun();
    LauncherFactory.create().execute(request.build(), run);
    return run;
  }

  /** How each test and class ended: {@code SUCCESSFUL}, {@code FAILED} or {@code SKIPPED}. */
  Map<String, String> outcomes() {
    Map<String, String> outcomes = new TreeMap<>();
    ended.forEach((name, result) -> outcomes.put(name, result.getStatus().toString()));
    skipped.keySet().forEach(name -> outcomes.put(name, "SKIPPED"));
    return outcomes;
  }

  /** Why this test or class failed. */
  Throwable failure(String name) {
    return ended.get(name).getThrowable().orElseThrow();
  }

  /** Why this test or class was skipped. */
  String reason(String name) {
    return skipped.get(name);
  }

  /** What was reported of tests. */
  Map<String, String> entries() {
    Map<String, String> all = new TreeMap<>();
    entries.forEach(entry -> all.putAll(entry.getKeyValuePairs()));
    return all;
  }

  /** All that goes along with a failure, and with what caused it. */
  static String suppressed(Throwable failure) {
    return String.join("\n", Arrays.stream(failure.getSuppressed()).map(String::valueOf).toList());
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (test.isTest() || result.getStatus() != TestExecutionResult.Status.SUCCESSFUL) {
      ended.put(name(test), result);
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped.put(name(test), reason);
  }

  private static String name(TestIdentifier test) {
    String name = test.getDisplayName().replace("()", "");
    return name.startsWith("repetition") ? name + test.getUniqueId() : name;
  }

  @Override
  public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
    entries.add(entry);
  }
}
