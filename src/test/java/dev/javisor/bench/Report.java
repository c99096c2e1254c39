package dev.javisor.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Says what was measured: as text while it runs, and as a Markdown table at the end. */
final class Report {
  private final List<Result> results = new ArrayList<>();
  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void machine() throws IOException {
    out.println(machineLine());
    out.println("load average    " + Files.readString(Path.of("/proc/loadavg")).strip());
  }

  void add(Result result) {
    results.add(result);
    out.printf("%n%s (%s)%n", result.title(), result.unit());
    int width = result.figures().stream().mapToInt(f -> f.subject().length()).max().orElse(0);
    for (Figure figure : result.figures()) {
      if (!figure.samples().isEmpty()) {
        out.printf(
            "  %-" + width + "s  %s%n",
            figure.subject(),
            values(figure, ratio(result, figure), "%9s  %s .. %s  %s"));
      } else if (!figure.remark().isEmpty()) {
        out.printf("  %-" + width + "s  %s%n", figure.subject(), figure.remark());
      }
    }
    for (Goal goal : result.goals()) {
      out.printf("  goal: %s: %s%n", goal.text(), goal.met() ? "met" : "NOT MET");
    }
  }

  String markdown() throws IOException {
    StringBuilder text = new StringBuilder(machineLine()).append("\n\n");
    text.append("| measure | subject | median | least .. most | ratio | goals |\n");
    text.append("|---|---|---|---|---|---|\n");
    for (Result result : results) {
      String title = "%s (%s)".formatted(result.title(), result.unit());
      for (Figure figure : result.figures()) {
        if (!figure.samples().isEmpty()) {
          boolean ours = figure.subject().contains("avisor") && figure.equals(last(result));
          text.append("| %s | %s | ".formatted(title, figure.subject()))
              .append(values(figure, ratio(result, figure), "%s | %s .. %s | %s"))
              .append(" | %s |\n".formatted(ours ? goals(result) : ""));
          title = "";
        }
      }
    }
    return text.toString();
  }

  boolean allMet() {
    return results.stream().flatMap(result -> result.goals().stream()).allMatch(Goal::met);
  }

  private static Figure last(Result result) {
    return result.figures().stream()
        .filter(figure -> figure.subject().contains("avisor"))
        .reduce((first, second) -> second)
        .orElseThrow();
  }

  private static String goals(Result result) {
    return String.join(
        "; ",
        result.goals().stream()
            .map(goal -> goal.text() + ": " + (goal.met() ? "met" : "**not met**"))
            .toList());
  }

  /**
   * How many times the first subject's median this one is; the first is what others compare with.
   */
  private static String ratio(Result result, Figure figure) {
    Figure first = result.figures().get(0);
    if (figure.equals(first)
        || first.samples().isEmpty()
        || first.subject().startsWith("Javisor")) {
      return "";
    }
    return String.format(
        Locale.ROOT, "x %.2f", figure.samples().median() / first.samples().median());
  }

  private static String values(Figure figure, String ratio, String form) {
    Samples samples = figure.samples();
    return form.formatted(
            digits(samples.median()), digits(samples.least()), digits(samples.most()), ratio)
        .stripTrailing();
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%.0f", value);
  }

  private static String machineLine() throws IOException {
    return "%s, %d CPUs, Linux %s, %s %s (%s), %s"
        .formatted(
            cpuModel(),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("os.version"),
            System.getProperty("java.vm.name"),
            System.getProperty("java.vm.version"),
            Files.exists(Path.of("/sys/module/kvm_intel"))
                ? "kvm_intel"
                : Files.exists(Path.of("/sys/module/kvm_amd")) ? "kvm_amd" : "another KVM",
            LocalDate.now(ZoneId.systemDefault()));
  }

  private static String cpuModel() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown CPU");
    }
  }
}
