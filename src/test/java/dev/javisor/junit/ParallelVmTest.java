package dev.javisor.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests beside one another. Runs on several versions of JUnit: {@link JupiterVersionsTest}. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ParallelVmTest {
  @TempDir Path consoles;
  private final FakeMachines machines = new FakeMachines();

  private InnerRun run(int threads, int cpus, Class<?>... types) {
    List<String> parameters =
        new ArrayList<>(
            List.of(
                "junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.mode.default", "concurrent",
                "junit.jupiter.execution.parallel.config.strategy", "fixed",
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "" + threads,
                "javisor.budget.cpus", "" + cpus,
                "javisor.budget.memory", "64G"));
    return InnerRun.of(machines, consoles, List.of(types), parameters.toArray(String[]::new));
  }

  private static void assertSuccessful(int count, InnerRun run) {
    assertTrue(
        run.outcomes().values().stream().allMatch("SUCCESSFUL"::equals), run.outcomes().toString());
    assertEquals(count, run.outcomes().size());
  }

  @AfterEach
  void nothingIsLeftRunning() {
    assertEquals(0, machines.running());
  }

  @Test
  void shouldRunBesideOneAnother_whenTheBudgetAllows() {
    ParallelCases.Meeting.both = new CountDownLatch(2);

    InnerRun run = run(4, 2, ParallelCases.Meeting.class);

    assertSuccessful(2, run);
    assertEquals(2, machines.mostCpus());
  }

  @Test
  void shouldQueueForTheBudget() {
    InnerRun run = run(8, 5, ParallelCases.ManyAtOnce.class);

    assertSuccessful(12, run);
    assertEquals(12, machines.made().size());
    assertTrue(machines.mostCpus() <= 4, () -> "vCPUs at once: " + machines.mostCpus());
  }

  @Test
  void shouldQueueForWhatSetupsSetBeyondTheDeclaration() {
    InnerRun run = run(8, 5, ParallelCases.Growing.class);

    assertSuccessful(8, run);
    assertTrue(machines.mostCpus() <= 5, () -> "vCPUs at once: " + machines.mostCpus());
  }

  @Test
  void shouldGoOn_whenTestsWaitForOneAnothersMachines() {
    InnerRun run = run(2, 2, ParallelCases.Holding.class, ParallelCases.HoldingToo.class);

    assertSuccessful(4, run);
    assertEquals(6, machines.made().size());
  }

  @Test
  void shouldGoOn_whenThereIsRoomForOneMachineOnly() {
    InnerRun run = run(3, 1, ParallelCases.Holding.class, ParallelCases.HoldingToo.class);

    assertSuccessful(4, run);
  }

  @Test
  void shouldBringUpASharedMachineOnce_whenManyWantIt() {
    InnerRun run = run(4, 4, ParallelCases.SharedMany.class, ParallelCases.SharedManyToo.class);

    assertSuccessful(16, run);
    assertEquals(1, machines.made().size());
  }
}
