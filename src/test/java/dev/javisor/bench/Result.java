package dev.javisor.bench;

import java.util.List;

/**
 * What a measurement found.
 *
 * @param title what was measured, and how
 * @param unit of all figures
 * @param figures by subject, what Javisor is compared with first
 * @param goals what was to be reached
 */
public record Result(String title, String unit, List<Figure> figures, List<Goal> goals) {
  /** The lines that have values. */
  List<Figure> measured() {
    return figures.stream().filter(figure -> !figure.samples().isEmpty()).toList();
  }

  /**
   * How many times the first line's median a line's is; 0 for the first itself, and where the first
   * is not what others are compared with.
   */
  double ratio(Figure figure) {
    Figure first = figures.get(0);
    if (figure.equals(first) || first.samples().isEmpty() || first.ours()) {
      return 0;
    }
    return figure.samples().median() / first.samples().median();
  }
}
