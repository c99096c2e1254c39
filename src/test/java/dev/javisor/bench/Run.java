package dev.javisor.bench;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** All that was measured in one go, for reports. */
final class Run {
  private final String machine;
  private final Map<String, Result> results = new LinkedHashMap<>();

  /**
   * @param machine where and when it was measured, in a line
   */
  Run(String machine) {
    this.machine = machine;
  }

  String machine() {
    return machine;
  }

  void add(String measurement, Result result) {
    results.put(measurement, result);
  }

  /** By the names of measurements, in their order. */
  Map<String, Result> results() {
    return results;
  }

  /** A value as reports write it. */
  static String digits(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }
}
