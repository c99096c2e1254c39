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
  /** Has conditions looked at elsewhere. */
  interface Attempts {
    /**
     * Begins a try.
     *
     * @param limit how long it may take
     */
    WaitAttempt begin(WaitCondition condition, Duration limit);
  }

  private final Wait wait;
  private final List<WaitNode> parts;
  private final Attempts attempts;
  private final long interval;
  private final long timeout;
  private final double multiplier;
  private @Nullable WaitAttempt attempt;
  private long attemptBegin;
  private long attemptEnd;
  private long nextTry;
  private long metAt = -1;
  private int tries;
  private String lastFailure = "";

  /**
   * @param interval how often to try what says nothing about it, or null
   * @param multiplier what timeouts are multiplied by
   */
  WaitNode(Wait wait, @Nullable Duration interval, double multiplier, Attempts attempts) {
    this.wait = wait;
    this.multiplier = multiplier;
    this.attempts = attempts;
    this.interval = nanos(wait.intervalWithin(interval), 1);
    Duration own = wait.ownTimeout();
    timeout = own == null ? Long.MAX_VALUE : nanos(own, multiplier);
    Duration inner = wait.kind() == Wait.Kind.CONDITION ? null : wait.intervalWithin(interval);
    parts =
        wait.parts().stream().map(part -> new WaitNode(part, inner, multiplier, attempts)).toList();
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
      giveUpAll(time.getAsLong());
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
    if (attempt != null) {
      look(attempt, now);
    }
    // The guest's end leaves no other time for a last look.
    boolean due = ended ? condition.outlivesTheGuest() : now >= nextTry;
    if (isMet() || attempt != null || !due) {
      return;
    }
    tries++;
    String hindrance = condition.hindrance(vm);
    if (hindrance != null) {
      tried(hindrance, now);
      return;
    }
    long most = Math.min(end - now, nanos(condition.longestTry(), multiplier));
    Duration limit = Duration.ofNanos(Math.max(1, most));
    if (condition.outlivesTheGuest()) {
      tried(condition.tryOnce(vm, limit), time.getAsLong());
    } else {
      attemptBegin = now;
      attemptEnd = now + limit.toNanos();
      attempt = attempts.begin(condition, limit);
      look(attempt, time.getAsLong());
    }
  }

  /** Takes what an attempt found, or gives it up if it takes too long. */
  private void look(WaitAttempt running, long now) {
    if (running.hasEnded()) {
      attempt = null;
      boolean late = attemptEnd == Long.MAX_VALUE;
      String failure = running.failure();
      tried(failure != null && late ? lastFailure : failure, now);
    } else if (now >= attemptEnd) {
      giveUp(running, now);
    }
  }

  private void giveUp(WaitAttempt running, long now) {
    String before = lastFailure.isEmpty() ? "" : "; before: " + lastFailure;
    lastFailure = "no answer for " + millis(now - attemptBegin) + before;
    attemptEnd = Long.MAX_VALUE;
    running.cancel();
  }

  private void tried(@Nullable String failure, long now) {
    if (failure == null) {
      metAt = now;
    }
    lastFailure = failure == null ? "" : failure;
    nextTry = now + interval;
  }

  /** Gives up all that is under way: the wait is over. */
  void giveUpAll(long now) {
    if (attempt != null && attemptEnd != Long.MAX_VALUE) {
      giveUp(attempt, now);
    }
    parts.forEach(part -> part.giveUpAll(now));
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

  /** When something is to be tried, given up or over next; later than now, but for what is due. */
  long nextEvent(long now) {
    if (isMet() || isOver(now)) {
      return Long.MAX_VALUE;
    }
    long inner =
        wait.kind() == Wait.Kind.CONDITION
            ? (attempt != null ? attemptEnd : nextTry)
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
    return isMet() ? Optional.of(millis(metAt)) : Optional.empty();
  }

  private static Duration millis(long nanos) {
    return Duration.ofNanos(nanos).truncatedTo(MILLIS);
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
