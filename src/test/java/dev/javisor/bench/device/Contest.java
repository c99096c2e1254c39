package dev.javisor.bench.device;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Goal;
import dev.javisor.bench.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/** Subjects that bear one load by turns. A peer that cannot is out, and the result says why. */
final class Contest {
  private static final int WARM_UPS = 3;
  private static final double POLLING_LATENCY = 0.5;
  private static final double CEILING = 0.9;

  private final Load measurement;
  private final Map<Subject, Figure> figures = new LinkedHashMap<>();

  Contest(Load measurement, List<Subject> subjects) {
    this.measurement = measurement;
    for (Subject subject : subjects) {
      figures.put(subject, Figure.of(subject.title()));
    }
  }

  void run(int rounds) throws IOException, InterruptedException {
    for (Subject subject : figures.keySet()) {
      for (int i = 0; subject.ours() && i < WARM_UPS; i++) {
        subject.bytesPerSecond();
      }
    }
    for (int round = 0; round < rounds; round++) {
      for (Map.Entry<Subject, Figure> entry : figures.entrySet()) {
        if (entry.getValue().remark().isEmpty()) {
          entry.setValue(turn(entry.getKey(), entry.getValue()));
        }
      }
    }
  }

  private Figure turn(Subject subject, Figure figure) throws IOException, InterruptedException {
    try {
      double rate = subject.bytesPerSecond();
      figure.samples().add(measurement.scale().of(rate, measurement.load().bytes()));
      return figure;
    } catch (IOException e) {
      if (subject.ours()) {
        throw e;
      }
      return Figure.of(subject.title()).withRemark("failed: " + e.getMessage());
    }
  }

  /**
   * What the host can without a machine comes first, if that was measured, and then the best peer:
   * the rest is compared with the first.
   */
  Result result() {
    List<Figure> ceilings = bestFirst(of(subject -> subject.ceiling()));
    List<Figure> peers = bestFirst(of(subject -> !subject.ours() && !subject.ceiling()));
    List<Figure> ours = of(Subject::ours);
    List<Figure> all = new ArrayList<>(ceilings);
    all.addAll(peers);
    all.addAll(ours);
    List<Goal> goals = new ArrayList<>();
    if (measured(ceilings) && !measurement.scale().lessIsBetter()) {
      goals.add(goal("", CEILING, "the C loop's", ceilings.get(0), ours.get(0)));
    }
    if (measured(peers)) {
      goals.addAll(goals(peers.get(0), ours));
    }
    return new Result(measurement.description(), measurement.scale().unit, all, goals);
  }

  private static boolean measured(List<Figure> sorted) {
    return !sorted.isEmpty() && !sorted.get(0).samples().isEmpty();
  }

  private List<Figure> of(Predicate<Subject> kind) {
    return figures.entrySet().stream()
        .filter(entry -> kind.test(entry.getKey()))
        .map(Map.Entry::getValue)
        .toList();
  }

  private List<Figure> bestFirst(List<Figure> peers) {
    boolean less = measurement.scale().lessIsBetter();
    Comparator<Figure> byMedian =
        Comparator.comparingDouble(
            figure -> less ? figure.samples().median() : -figure.samples().median());
    List<Figure> sorted =
        new ArrayList<>(
            peers.stream().filter(f -> !f.samples().isEmpty()).sorted(byMedian).toList());
    peers.stream().filter(figure -> figure.samples().isEmpty()).forEach(sorted::add);
    return sorted;
  }

  private List<Goal> goals(Figure best, List<Figure> ours) {
    List<Goal> goals = new ArrayList<>();
    goals.add(goal("", measurement.goal(), measurement.rival(), best, ours.get(0)));
    if (measurement.scale().lessIsBetter()) {
      ours.stream()
          .filter(figure -> figure.subject().equals(DeviceLoad.POLLING))
          .forEach(
              figure ->
                  goals.add(goal("polling: ", POLLING_LATENCY, measurement.rival(), best, figure)));
    }
    return goals;
  }

  private Goal goal(String who, double times, String rival, Figure best, Figure javisor) {
    double ratio = javisor.samples().median() / best.samples().median();
    boolean less = measurement.scale().lessIsBetter();
    return new Goal(
        String.format(
            Locale.ROOT, "%s%.2f times %s or %s", who, times, rival, less ? "less" : "more"),
        less ? ratio <= times : ratio >= times);
  }
}
