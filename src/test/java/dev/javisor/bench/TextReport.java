package dev.javisor.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says what was measured while it is. */
final class TextReport {
  private final PrintStream out;

  TextReport(PrintStream out) {
    this.out = out;
  }

  void machine(String line) throws IOException {
    out.println(line);
    out.println("load average    " + Files.readString(Path.of("/proc/loadavg")).strip());
  }

  void add(Result result) {
    out.printf("%n%s (%s)%n", result.title(), result.unit());
    int width = result.figures().stream().mapToInt(f -> f.subject().length()).max().orElse(0);
    for (Figure figure : result.figures()) {
      String text = figure.samples().isEmpty() ? figure.remark() : values(result, figure);
      if (!text.isEmpty()) {
        out.printf("  %-" + Math.max(1, width) + "s  %s%n", figure.subject(), text);
      }
    }
    for (Goal goal : result.goals()) {
      out.printf("  goal: %s: %s%n", goal.text(), goal.met() ? "met" : "NOT MET");
    }
  }

  private static String values(Result result, Figure figure) {
    Samples samples = figure.samples();
    double ratio = result.ratio(figure);
    return "%9s  %s .. %s%s"
        .formatted(
            Run.digits(samples.median()),
            Run.digits(samples.least()),
            Run.digits(samples.most()),
            ratio == 0 ? "" : "  x " + Run.digits(ratio));
  }
}
