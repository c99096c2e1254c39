package dev.javisor.testing.suite;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.util.Optional;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Takes class after class from a queue and runs its tests in this JVM. */
final class SuiteRunner {

  /** Longer than any test needs, and short enough that the other tests still get their turn. */
  private static final String TEST_TIME_LIMIT = "360 s";

  private final String where;
  private final String tag;

  /**
   * @param where the name of this machine in the results
   * @param tag tests without it are left out
   */
  SuiteRunner(String where, String tag) {
    this.where = where;
    this.tag = tag;
  }

  /** Runs until the queue is empty. */
  void run(ClassQueue queue, EventWriter events) throws IOException {
    // One session for all classes: what a test keeps for the whole run is closed at its end.
    try (LauncherSession session = LauncherFactory.openSession()) {
      for (Optional<String> next = queue.claim(where);
          next.isPresent();
          next = queue.claim(where)) {
        session
            .getLauncher()
            .execute(
                LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectClass(next.get()))
                    .filters(TagFilter.includeTags(tag))
                    .configurationParameter(
                        "junit.jupiter.execution.timeout.default", TEST_TIME_LIMIT)
                    .configurationParameter(
                        "junit.jupiter.execution.timeout.threaddump.enabled", "true")
                    .build(),
                events);
        queue.finish(next.get());
      }
    }
  }
}
