package dev.javisor.testing.suite;

import com.google.common.base.Splitter;
import java.time.Duration;
import java.util.List;

/**
 * One thing that happened to a test or to a class of tests.
 *
 * @param kind what happened
 * @param id the JUnit unique id, as {@link SuiteIds#normalise} leaves it
 * @param test whether this is a test, not a container of tests
 * @param where the machine: this one or lab 1, say
 * @param duration how long it took; zero for {@link Kind#STARTED} and {@link Kind#SKIPPED}
 * @param text the stack trace of a failure, the reason of a skip, or nothing
 */
record TestEvent(Kind kind, String id, boolean test, String where, Duration duration, String text) {

  private static final Splitter TABS = Splitter.on('\t').limit(6);

  /** What can happen. */
  enum Kind {
    STARTED,
    PASSED,
    FAILED,
    /** An assumption failed half-way. */
    ABORTED,
    SKIPPED
  }

  /** The event as one line, without its end. */
  String toLine() {
    return String.join(
        "\t",
        kind.name(),
        test ? "test" : "container",
        where,
        Long.toString(duration.toMillis()),
        escape(id),
        escape(text));
  }

  /**
   * Reads what {@link #toLine} wrote.
   *
   * @throws IllegalArgumentException if the line is not whole, as when a machine died over it
   */
  static TestEvent fromLine(String line) {
    List<String> fields = TABS.splitToList(line);
    if (fields.size() != 6) {
      throw new IllegalArgumentException("not an event: " + line);
    }
    return new TestEvent(
        Kind.valueOf(fields.get(0)),
        unescape(fields.get(4)),
        fields.get(1).equals("test"),
        fields.get(2),
        Duration.ofMillis(Long.parseLong(fields.get(3))),
        unescape(fields.get(5)));
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\' || i + 1 == text.length()) {
        plain.append(c);
        continue;
      }
      char escaped = text.charAt(++i);
      plain.append(
          switch (escaped) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            default -> escaped;
          });
    }
    return plain.toString();
  }
}
