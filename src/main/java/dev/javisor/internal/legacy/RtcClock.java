package dev.javisor.internal.legacy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoField;

/**
 * The time of an RTC: the host's clock and how far the guest has set it off. So it goes on while
 * the machine stands still or is saved, as a clock with a battery does.
 *
 * <p>Threading: none of its own; guarded by its {@link CmosRtc}.
 */
final class RtcClock {
  /** Beyond all that four-digit years can make of a clock that itself shows one. */
  private static final long MAX_OFFSET_SECONDS = 20_000L * 366 * 24 * 3600;

  private final Clock clock;
  private Duration offset = Duration.ZERO;

  RtcClock(Clock clock) {
    this.clock = clock;
  }

  Instant now() {
    return clock.instant().plus(offset);
  }

  /** Sets the time, but for the fraction of the second, which runs on. */
  void setSecond(long epochSecond) {
    offset = offset.plusSeconds(epochSecond - now().getEpochSecond());
    long seconds = Math.max(-MAX_OFFSET_SECONDS, Math.min(offset.toSeconds(), MAX_OFFSET_SECONDS));
    offset = Duration.ofSeconds(seconds, offset.toNanosPart());
  }

  /** Sets the fraction of the second, in nanoseconds. */
  void setFraction(int nanos) {
    offset = offset.plusNanos(nanos - fraction(now()));
  }

  /** The fraction of a time's second, in nanoseconds. */
  static int fraction(Instant time) {
    return time.get(ChronoField.NANO_OF_SECOND);
  }

  Duration offset() {
    return offset;
  }

  /** Refuses offsets that no guest could have made. */
  static void checkOffset(long seconds, int nanos) {
    StateCheck.range("offsetSeconds", seconds, -MAX_OFFSET_SECONDS, MAX_OFFSET_SECONDS);
    StateCheck.range("offsetNanos", nanos, 0, 999_999_999);
  }

  /** Refuses times that no clock here could have shown. */
  static void checkTime(long seconds, int nanos) {
    StateCheck.range("lookedAtSecond", seconds, -2 * MAX_OFFSET_SECONDS, 2 * MAX_OFFSET_SECONDS);
    StateCheck.range("lookedAtNanos", nanos, 0, 999_999_999);
  }

  void restoreOffset(long seconds, int nanos) {
    offset = Duration.ofSeconds(seconds, nanos);
  }
}
