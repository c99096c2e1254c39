package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.bus.SystemControl;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final int CONTROL = LegacyDevices.WATCHDOG_CONTROL;
  private static final int COUNTDOWN = LegacyDevices.WATCHDOG_COUNTDOWN;
  private static final int LEFT = LegacyDevices.WATCHDOG_LEFT;
  private static final int STATUS = LegacyDevices.WATCHDOG_STATUS;
  private static final long TICK = LegacyDevices.WATCHDOG_TICK_MILLIS * 1_000_000L;

  private final Clock clock = new Clock();
  private final Resets resets = new Resets();
  private final LegacyDevice<WatchdogState> watchdog = made();

  /** A clock that runs what is due as it goes. */
  private static final class Clock implements Scheduler {
    private record Task(long due, Runnable body) {}

    private final List<Task> tasks = new ArrayList<>();
    private long now = 1_000;
    private int scheduled;

    @Override
    public Scheduled schedule(long delayNanos, Runnable task) {
      scheduled++;
      Task made = new Task(now + delayNanos, task);
      tasks.add(made);
      return () -> tasks.remove(made);
    }

    void pass(long nanos) {
      now += nanos;
      for (Task task : List.copyOf(tasks)) {
        if (task.due <= now && tasks.remove(task)) {
          task.body.run();
        }
      }
    }
  }

  private static final class Resets implements SystemControl {
    private int count;

    @Override
    public void powerOff() {}

    @Override
    public void reset() {}

    @Override
    public void watchdog() {
      count++;
    }
  }

  private LegacyDevice<WatchdogState> made() {
    return LegacyDevices.watchdog("watchdog0", () -> clock.now, clock, resets);
  }

  private void start(int ticks) {
    watchdog.write(COUNTDOWN, 4, ticks);
    watchdog.write(CONTROL, 4, 1);
  }

  @Test
  void shouldStandStill_untilItIsStarted() {
    watchdog.write(COUNTDOWN, 4, 3);
    clock.pass(100 * TICK);

    assertEquals(0, resets.count);
    assertEquals(0, watchdog.read(CONTROL, 4));
    assertEquals(3, watchdog.read(COUNTDOWN, 4));
    assertEquals(3, watchdog.read(LEFT, 4));
  }

  @Test
  void shouldResetTheMachineOnce_whenTheTimeIsUp() {
    start(3);
    clock.pass(3 * TICK - 1);
    assertEquals(0, resets.count);
    assertEquals(0, watchdog.read(STATUS, 4));

    clock.pass(1);
    clock.pass(10 * TICK);

    assertEquals(1, resets.count);
    assertEquals(1, watchdog.read(STATUS, 4));
    assertEquals(0, watchdog.read(CONTROL, 4));
  }

  @Test
  void shouldWait_whenItIsSetBack_withoutATimerEachTime() {
    start(3);
    int before = clock.scheduled;
    for (int i = 0; i < 1000; i++) {
      watchdog.write(LEFT, 4, 1);
    }
    assertEquals(before, clock.scheduled);
    clock.pass(2 * TICK);
    watchdog.write(LEFT, 4, 1);
    assertEquals(3, watchdog.read(LEFT, 4));
    clock.pass(2 * TICK);
    assertEquals(1, watchdog.read(LEFT, 4));
    assertEquals(0, resets.count);

    clock.pass(TICK);

    assertEquals(1, resets.count);
  }

  @Test
  void shouldDoNothing_whenItIsStopped() {
    start(1);
    watchdog.write(CONTROL, 4, 0);
    clock.pass(10 * TICK);

    assertEquals(0, resets.count);
    watchdog.write(CONTROL, 4, 1);
    clock.pass(TICK);
    assertEquals(1, resets.count);
  }

  @Test
  void shouldTakeAShorterTimeAtOnce() {
    start(1000);
    watchdog.write(COUNTDOWN, 4, 2);

    clock.pass(2 * TICK);

    assertEquals(1, resets.count);
  }

  @Test
  void shouldKeepItsCountdownWithinBounds() {
    watchdog.write(COUNTDOWN, 4, 0);
    assertEquals(1, watchdog.read(COUNTDOWN, 4));
    watchdog.write(COUNTDOWN, 4, 0xffff_ffffL);
    assertEquals(LegacyDevices.WATCHDOG_MAX_COUNT, watchdog.read(COUNTDOWN, 4));
  }

  @Test
  void shouldKeepTheCause_overAReset_untilItIsAcknowledged() {
    start(1);
    clock.pass(TICK);
    watchdog.reset();
    assertEquals(1, watchdog.read(STATUS, 4));
    assertEquals(LegacyDevices.WATCHDOG_MAX_COUNT, watchdog.read(COUNTDOWN, 4));

    watchdog.write(STATUS, 4, 1);

    assertEquals(0, watchdog.read(STATUS, 4));
  }

  @Test
  void shouldStandStill_whileTheMachineDoes() {
    start(3);
    clock.pass(2 * TICK);
    watchdog.quiesce();
    clock.pass(100 * TICK);
    assertEquals(0, resets.count);

    watchdog.resume();

    clock.pass(TICK - 1);
    assertEquals(0, resets.count);
    clock.pass(1);
    assertEquals(1, resets.count);
  }

  @Test
  void shouldGoOnElsewhere_whenRestored() {
    start(3);
    clock.pass(2 * TICK);
    watchdog.quiesce();
    WatchdogState state = watchdog.save();
    LegacyDevice<WatchdogState> other = made();
    other.quiesce();
    other.restore(state);
    clock.pass(50 * TICK);

    other.resume();

    assertEquals(state, new WatchdogState(WatchdogState.VERSION, true, 3, TICK, false));
    clock.pass(TICK);
    assertEquals(1, resets.count);
  }

  @Test
  void shouldRefuseStatesOutOfBounds() {
    for (WatchdogState wrong :
        List.of(
            new WatchdogState(2, false, 1, 0, false),
            new WatchdogState(1, false, 0, 0, false),
            new WatchdogState(1, true, LegacyDevices.WATCHDOG_MAX_COUNT + 1, 0, false),
            new WatchdogState(1, true, 1, -1, false),
            new WatchdogState(1, true, 1, Long.MAX_VALUE, false))) {
      assertThrows(IllegalArgumentException.class, () -> watchdog.restore(wrong));
    }
  }

  @Test
  void shouldAnswerNothing_whenAccessesAreOfAnotherSize() {
    start(1);
    watchdog.write(CONTROL, 1, 0);
    watchdog.write(LEFT + 1, 4, 0);

    assertEquals(-1, watchdog.read(CONTROL, 1));
    assertEquals(-1, watchdog.read(1, 4));
    assertEquals(1, watchdog.read(CONTROL, 4));
  }
}
