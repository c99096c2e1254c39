package dev.javisor.bench.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.javisor.bench.Figure;
import dev.javisor.bench.Goal;
import dev.javisor.bench.Result;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContestTest {
  private record Fixed(String title, boolean ours, double bytesPerSecond) implements Subject {}

  private record Limit(String title, double bytesPerSecond) implements Subject {
    @Override
    public boolean ours() {
      return false;
    }

    @Override
    public boolean ceiling() {
      return true;
    }
  }

  private record Failing(String title, boolean ours) implements Subject {
    @Override
    public double bytesPerSecond() throws IOException {
      throw new IOException("no such device");
    }
  }

  @Test
  void shouldCompareWithTheFastestPeer() throws IOException, InterruptedException {
    Result result =
        run(
            new Fixed("slow", false, 1000),
            new Failing("absent", false),
            new Fixed("fast", false, 2000),
            new Fixed("Javisor", true, 2300));

    assertEquals(
        List.of("fast", "slow", "absent", "Javisor"),
        result.figures().stream().map(Figure::subject).toList());
    assertEquals("failed: no such device", result.figures().get(2).remark());
    assertEquals(List.of(2.3, 2.3), result.figures().get(3).samples().values());
    assertEquals(List.of(new Goal("1.20 times the best peer's or more", false)), result.goals());
  }

  @Test
  void shouldHaveAGoalForPolling_whenLatencyIsMeasured() throws IOException, InterruptedException {
    Result result =
        run(
            Scale.MICROS,
            1.25,
            new Fixed("fast", false, 2000),
            new Fixed("Javisor", true, 1600),
            new Fixed("Javisor, polling", true, 3900));

    assertEquals(
        List.of(
            new Goal("1.25 times the best peer's or less", true),
            new Goal("polling: 0.50 times the best peer's or less", false)),
        result.goals());
  }

  @Test
  void shouldCompareWithTheHost_whenItsLimitIsMeasured() throws IOException, InterruptedException {
    Result result =
        run(
            Scale.THOUSANDS,
            1,
            new Limit("loop", 2000),
            new Fixed("peer", false, 1500),
            new Fixed("Javisor", true, 1850));

    assertEquals(
        List.of("loop", "peer", "Javisor"),
        result.figures().stream().map(Figure::subject).toList());
    assertEquals(
        List.of(
            new Goal("0.90 times the C loop's or more", true),
            new Goal("1.00 times the best peer's or more", true)),
        result.goals());
  }

  @Test
  void shouldHaveNoGoal_whenThereIsNoPeer() throws IOException, InterruptedException {
    assertEquals(List.of(), run(new Fixed("Javisor", true, 1)).goals());
  }

  private static Result run(Subject... subjects) throws IOException, InterruptedException {
    return run(Scale.THOUSANDS, 1.2, subjects);
  }

  private static Result run(Scale scale, double goal, Subject... subjects)
      throws IOException, InterruptedException {
    Workload bytes = Workload.disk(0, 1, 1, false, 1);
    DeviceLoad measurement = new DeviceLoad("load", "a load", scale, goal, bytes);
    Contest contest = new Contest(measurement, List.of(subjects));
    contest.run(2);
    return contest.result();
  }
}
