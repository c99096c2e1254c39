package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The host's clock and timers, moved by hand. */
final class FakeTime extends Clock implements Scheduler {
  private record Task(Instant due, Runnable action) {}

  private final List<Task> tasks = new ArrayList<>();
  private Instant now;

  FakeTime(String start) {
    now = Instant.parse(start);
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Scheduled schedule(long delayNanos, Runnable action) {
    Task task = new Task(now.plusNanos(delayNanos), action);
    tasks.add(task);
    return () -> tasks.remove(task);
  }

  int pendingTasks() {
    return tasks.size();
  }

  /** Lets time pass, and what is due happen at its moment. */
  void advance(Duration duration) {
    Instant end = now.plus(duration);
    while (true) {
      Task next =
          tasks.stream()
              .filter(task -> !task.due.isAfter(end))
              .min(Comparator.comparing(Task::due))
              .orElse(null);
      if (next == null) {
        now = end;
        return;
      }
      tasks.remove(next);
      now = next.due.isAfter(now) ? next.due : now;
      next.action.run();
    }
  }

  /** Somebody sets the host's clock; timers go by another one. */
  void jumpTo(String time) {
    now = Instant.parse(time);
  }
}
