package dev.javisor.testing.suite;

import com.google.common.base.Splitter;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Compares what ran with what was discovered. A test counts as passed only if it started, nothing
 * at or below it failed or was skipped, and it ran at most twice: the second time is for a machine
 * that died under the first.
 */
final class SuiteReport {

  /** A test that did not pass, and why. */
  record Failure(String id, String reason) {}

  private final int discovered;
  private final List<Failure> failures = new ArrayList<>();
  private final Map<String, Integer> ranWhere = new TreeMap<>();
  private int passed;
  private int repeated;

  /**
   * @param entries the tests that must have run
   * @param events what happened, in the order of each machine
   */
  SuiteReport(List<Discovery.Entry> entries, List<TestEvent> events) {
    this.discovered = entries.size();
    Set<TestEvent> explained = new HashSet<>();
    for (Discovery.Entry entry : entries) {
      judge(entry.id(), events, explained);
    }
    for (TestEvent event : events) {
      if (isBad(event) && !explained.contains(event)) {
        failures.add(new Failure(event.id(), reason(event)));
      }
    }
  }

  /** The tests that passed. */
  int passed() {
    return passed;
  }

  /** The tests that did not pass, and the containers that failed though their tests passed. */
  List<Failure> failures() {
    return List.copyOf(failures);
  }

  /** The tests that ran twice, because the machine died under them. */
  int repeated() {
    return repeated;
  }

  /** The number of tests that came to an end, by machine. */
  Map<String, Integer> ranWhere() {
    return Map.copyOf(ranWhere);
  }

  private void judge(String id, List<TestEvent> events, Set<TestEvent> explained) {
    List<TestEvent> own = events.stream().filter(e -> SuiteIds.isAtOrBelow(e.id(), id)).toList();
    List<TestEvent> bad = new ArrayList<>(own.stream().filter(SuiteReport::isBad).toList());
    long starts =
        own.stream().filter(e -> e.id().equals(id) && e.kind() == TestEvent.Kind.STARTED).count();
    if (starts > 1) {
      repeated++;
    }
    own.stream()
        .filter(e -> e.kind() != TestEvent.Kind.STARTED && e.id().equals(id))
        .reduce((first, second) -> second)
        .ifPresent(e -> ranWhere.merge(e.where(), 1, Integer::sum));
    boolean ended =
        own.stream().anyMatch(e -> e.id().equals(id) && e.kind() == TestEvent.Kind.PASSED)
            && own.stream().anyMatch(e -> e.test() && e.kind() == TestEvent.Kind.PASSED);
    if (bad.isEmpty() && !ended) {
      // A class that failed or was skipped as a whole takes its methods with it.
      events.stream().filter(e -> isBad(e) && SuiteIds.isAtOrBelow(id, e.id())).forEach(bad::add);
    }
    explained.addAll(bad);
    if (!bad.isEmpty()) {
      failures.add(new Failure(id, reason(bad.get(0))));
    } else if (starts > 2) {
      failures.add(new Failure(id, "ran " + starts + " times; one repeat is all that is fair"));
    } else if (ended) {
      passed++;
    } else if (starts > 0) {
      failures.add(new Failure(id, "started, but did not end"));
    } else {
      failures.add(new Failure(id, "ran nowhere"));
    }
  }

  /** Prints the summary; its last line says {@code N passed, N failed}. */
  void print(PrintStream out) {
    for (Failure failure : failures) {
      out.printf("FAILED %s%n", failure.id());
      for (String line : Splitter.on('\n').split(failure.reason().stripTrailing())) {
        out.printf("    %s%n", line);
      }
    }
    List<String> places = new ArrayList<>();
    new TreeMap<>(ranWhere).forEach((where, count) -> places.add(count + " in " + where));
    out.printf(
        Locale.ROOT,
        "%d tests, ran: %s; %d repeated%n",
        discovered,
        places.isEmpty() ? "none" : String.join(", ", places),
        repeated);
    out.printf(Locale.ROOT, "%d passed, %d failed%n", passed, failures.size());
    out.flush();
  }

  private static boolean isBad(TestEvent event) {
    return switch (event.kind()) {
      case FAILED, ABORTED, SKIPPED -> true;
      case STARTED, PASSED -> false;
    };
  }

  private static String reason(TestEvent event) {
    String what = event.kind().name().toLowerCase(Locale.ROOT) + " in " + event.where();
    return event.text().isBlank() ? what : what + ": " + event.text();
  }
}
