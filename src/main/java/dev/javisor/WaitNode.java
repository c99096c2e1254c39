package dev.javisor;

import static java.time.temporal.ChronoUnit.MILLIS;

import dev.javisor.error.WaitProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One wait while it is waited for: what is met, and when it is tried again. All times are
 * nanoseconds since the begin.
 *
 * <p>Threading: the thread that waits.
 */
final class WaitNode implements WaitProgress {
  private final Wait wait;
  private final List<WaitNode> parts;
  private final long interval;
  private final long timeout;
  private long nextTry;
  private long metAt = -1;
  private int tries;
  private String lastFailure = "";

  /**
   * @param interval how often to try what says nothing about it, or null
   * @param multiplier what timeouts are multiplied by
   */
  WaitNode(Wait wait, @Nullable Duration interval, double multiplier) {
    this.wait = wait;
    this.interval = nanos(wait.intervalWithin(interval), 1);
    Duration own = wait.ownTimeout();
    timeout = own == null ? Long.MAX_VALUE : nanos(own, multiplier);
    Duration inner = wait.kind() == Wait.Kind.CONDITION ? null : wait.intervalWithin(interval);
    parts = wait.parts().stream().map(part -> new WaitNode(part, inner, multiplier)).toList();
  }

  static long nanos(Duration duration, double multiplier) {
    double nanos = (duration.getSeconds() * 1e9 + duration.getNano()) * multiplier;
    return (long) Math.min(nanos, Long.MAX_VALUE / 4.0);
  }

  /**
   * Tries what is due.
   *
   * @param time tells the nanoseconds since the begin
   * @param end when the whole wait ends
   * @param ended whether the guest has ended, so that only what outlives it is tried
   * @return whether it is met
   */
  boolean poll(VirtualMachine vm, LongSupplier time, long end, boolean ended)
      throws InterruptedException {
    if (isMet() || isOver(time.getAsLong())) {
      return isMet();
    }
    long ownEnd = Math.min(end, timeout);
    if (wait.kind() == Wait.Kind.CONDITION) {
      tryOnce(vm, time, ownEnd, ended);
    } else {
      int met = 0;
      for (WaitNode part : parts) {
        if (part.poll(vm, time, ownEnd, ended)) {
          met++;
        }
      }
      if (met == parts.size() || (met > 0 && wait.kind() == Wait.Kind.ANY)) {
        metAt = time.getAsLong();
      }
    }
    return isMet();
  }

  private void tryOnce(VirtualMachine vm, LongSupplier time, long end, boolean ended)
      throws InterruptedException {
    WaitCondition condition = wait.condition();
    long now = time.getAsLong();
    // The guest's end leaves no other time for a last look.
    if (ended ? !condition.outlivesTheGuest() : now < nextTry) {
      return;
    }
    long limit = Math.min(end - now, condition.longestTry().toNanos());
    tries++;
    String failure = condition.tryOnce(vm, Duration.ofNanos(Math.max(1, limit)));
    long after = time.getAsLong();
    if (failure == null) {
      metAt = after;
    }
    lastFailure = failure == null ? "" : failure;
    nextTry = after + interval;
  }

  boolean isMet() {
    return metAt >= 0;
  }

  /** Whether it is not met and will never be, because its time is up. */
  boolean isOver(long now) {
    if (isMet()) {
      return false;
    }
    return switch (wait.kind()) {
      case CONDITION -> now >= timeout;
      case ALL -> now >= timeout || parts.stream().anyMatch(part -> part.isOver(now));
      case ANY -> now >= timeout || parts.stream().allMatch(part -> part.isOver(now));
    };
  }

  /** When something is to be tried, or over, next; later than now, but for what is due. */
  long nextEvent(long now) {
    if (isMet() || isOver(now)) {
      return Long.MAX_VALUE;
    }
    long inner =
        wait.kind() == Wait.Kind.CONDITION
            ? nextTry
            : parts.stream().mapToLong(part -> part.nextEvent(now)).min().orElse(Long.MAX_VALUE);
    return Math.min(inner, timeout);
  }

  /** The conditions that it is made of. */
  List<WaitNode> conditions() {
    if (wait.kind() == Wait.Kind.CONDITION) {
      return List.of(this);
    }
    List<WaitNode> all = new ArrayList<>();
    parts.forEach(part -> all.addAll(part.conditions()));
    return all;
  }

  @Override
  public String condition() {
    return wait.toString();
  }

  @Override
  public Optional<Duration> metAfter() {
    return isMet() ? Optional.of(Duration.ofNanos(metAt).truncatedTo(MILLIS)) : Optional.empty();
  }

  @Override
  public int tries() {
    return tries;
  }

  @Override
  public String lastFailure() {
    return lastFailure;
  }
}
