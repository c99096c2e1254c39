package dev.javisor.testing.suite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * How long each class of tests takes, as measured once and checked in as {@code seconds.properties}
 * beside this class. Only the order of classes follows from it: a class that it does not name is
 * estimated.
 */
final class ClassSeconds {

  private static final double SECONDS_PER_UNKNOWN_TEST = 20;

  private final Properties measured;

  private ClassSeconds(Properties measured) {
    this.measured = measured;
  }

  /** Reads the checked-in measurements; none are there at first. */
  static ClassSeconds load() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = ClassSeconds.class.getResourceAsStream("seconds.properties")) {
      if (in != null) {
        properties.load(in);
      }
    }
    return new ClassSeconds(properties);
  }

  static ClassSeconds of(Properties measured) {
    return new ClassSeconds(measured);
  }

  /** The classes, longest first, so that machines that share them end at about the same time. */
  List<String> longestFirst(List<Discovery.Entry> entries) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    for (Discovery.Entry entry : entries) {
      seconds.merge(entry.className(), SECONDS_PER_UNKNOWN_TEST, Double::sum);
    }
    seconds.replaceAll(
        (name, estimate) -> {
          String known = measured.getProperty(name);
          return known == null ? estimate : Double.valueOf(known);
        });
    return seconds.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Writes what was measured now, in the form in which it can be checked in. */
  static void write(Path file, List<Discovery.Entry> entries, List<TestEvent> events)
      throws IOException {
    Map<String, Long> seconds = new TreeMap<>();
    for (String name : entries.stream().map(Discovery.Entry::className).distinct().toList()) {
      events.stream()
          .filter(e -> !e.test() && e.id().endsWith("[class:" + name + "]"))
          .mapToLong(e -> e.duration().toSeconds())
          .max()
          .ifPresent(most -> seconds.put(name, most));
    }
    Files.write(
        file, seconds.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }
}
