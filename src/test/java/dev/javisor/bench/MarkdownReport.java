package dev.javisor.bench;

import java.util.List;

/** Writes a run as a Markdown table. */
final class MarkdownReport {
  private MarkdownReport() {}

  /** The machine, then a row for each line of each result. */
  static String of(Run run) {
    StringBuilder text = new StringBuilder(run.machine()).append("\n\n");
    text.append("| measure | subject | median | least .. most | ratio | goals |\n");
    text.append("|---|---|---|---|---|---|\n");
    run.results().values().forEach(result -> rows(text, result));
    return text.toString();
  }

  private static void rows(StringBuilder text, Result result) {
    String title = "%s (%s)".formatted(result.title(), result.unit());
    List<Figure> figures = result.measured();
    String judged = judged(figures);
    for (Figure figure : figures) {
      Samples samples = figure.samples();
      double ratio = result.ratio(figure);
      text.append(
          "| %s | %s | %s | %s .. %s | %s | %s |\n"
              .formatted(
                  title,
                  figure.subject(),
                  Run.digits(samples.median()),
                  Run.digits(samples.least()),
                  Run.digits(samples.most()),
                  ratio == 0 ? "" : "x " + Run.digits(ratio),
                  figure.subject().equals(judged) ? goals(result) : ""));
      title = "";
    }
  }

  /** The subject that goals are about: Javisor as it comes, or what is last of several parts. */
  private static String judged(List<Figure> figures) {
    List<String> ours = figures.stream().filter(Figure::ours).map(Figure::subject).toList();
    if (ours.isEmpty() || ours.contains("Javisor")) {
      return "Javisor";
    }
    return ours.get(ours.size() - 1);
  }

  private static String goals(Result result) {
    return String.join(
        "; ",
        result.goals().stream()
            .map(goal -> goal.text() + ": " + (goal.met() ? "met" : "**not met**"))
            .toList());
  }
}
