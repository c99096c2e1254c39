package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.RtcRegisters.B_INTERRUPTS;
import static dev.javisor.internal.legacy.RtcRegisters.C_ALARM;
import static dev.javisor.internal.legacy.RtcRegisters.C_INTERRUPT;
import static dev.javisor.internal.legacy.RtcRegisters.C_PERIODIC;
import static dev.javisor.internal.legacy.RtcRegisters.C_UPDATE_ENDED;

import dev.javisor.internal.bus.InterruptLine;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Register C of an RTC: which of its events came since it was read, and the interrupt.
 *
 * <p>Nothing ticks here: whenever it matters, {@link #lookAt} finds out what happened since the
 * last time it was called, and {@link #untilNext} how long the next interrupt is off. Once an
 * interrupt is raised there is none to come until the guest reads register C, so that the guest,
 * not the host, sets the pace of a fast periodic interrupt.
 *
 * <p>Spec: MC146818A data sheet, "Interrupts" and "Register C".
 *
 * <p>Threading: none of its own; guarded by its {@link CmosRtc}.
 */
final class RtcInterrupts {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** What decides which events come: the registers, put into numbers. */
  record Setup(boolean updating, int periodicHz, RtcAlarm alarm) {}

  private final InterruptLine irq;
  private Instant lookedAt;
  private int flags;
  private boolean raised;

  RtcInterrupts(InterruptLine irq, Instant now) {
    this.irq = irq;
    this.lookedAt = now;
  }

  int flags() {
    return flags;
  }

  Instant lookedAt() {
    return lookedAt;
  }

  /** Sets the flags of what came since the last look. */
  void lookAt(Instant now, Setup setup) {
    Instant from = lookedAt;
    lookedAt = now;
    if (!now.isAfter(from)) {
      return; // the host's clock was set back: nothing came
    }
    if (setup.periodicHz > 0 && tick(now, setup.periodicHz) != tick(from, setup.periodicHz)) {
      flags |= C_PERIODIC;
    }
    if (setup.updating && now.getEpochSecond() != from.getEpochSecond()) {
      flags |= C_UPDATE_ENDED;
      OptionalLong alarm = setup.alarm.nextAfter(from.getEpochSecond());
      if (alarm.isPresent() && alarm.getAsLong() <= now.getEpochSecond()) {
        flags |= C_ALARM;
      }
    }
  }

  /** The time was set: what lies between is not time that passed. */
  void skipTo(Instant now) {
    lookedAt = now;
  }

  /** Raises the interrupt if an event came that register B lets through, and none is raised. */
  void raise(int b) {
    boolean due = (flags & b & B_INTERRUPTS) != 0;
    if (due && !raised) {
      irq.trigger();
    }
    raised = due;
  }

  /** Reads register C: the flags are gone then, and the interrupt is over. */
  int readFlags(int b) {
    int value = flags | ((flags & b & B_INTERRUPTS) != 0 ? C_INTERRUPT : 0);
    flags = 0;
    raised = false;
    return value;
  }

  /**
   * How long until an event comes that raises an interrupt; empty if none does as things are.
   *
   * @return nanoseconds from the last look
   */
  OptionalLong untilNext(int b, Setup setup) {
    if (raised) {
      return OptionalLong.empty();
    }
    long nanos = Long.MAX_VALUE;
    if ((b & C_PERIODIC) != 0 && setup.periodicHz > 0) {
      long period = NANOS_PER_SECOND / setup.periodicHz;
      nanos = period - RtcClock.fraction(lookedAt) % period;
    }
    if ((b & C_UPDATE_ENDED) != 0 && setup.updating) {
      nanos = Math.min(nanos, NANOS_PER_SECOND - RtcClock.fraction(lookedAt));
    }
    if ((b & C_ALARM) != 0 && setup.updating) {
      OptionalLong alarm = setup.alarm.nextAfter(lookedAt.getEpochSecond());
      if (alarm.isPresent()) {
        Instant due = Instant.ofEpochSecond(alarm.getAsLong());
        nanos = Math.min(nanos, Duration.between(lookedAt, due).toNanos());
      }
    }
    return nanos == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(nanos);
  }

  private static long tick(Instant time, int hz) {
    return time.getEpochSecond() * hz + RtcClock.fraction(time) / (NANOS_PER_SECOND / hz);
  }

  void reset(Instant now) {
    restore(0, now);
  }

  /** Takes over flags; whether their interrupt reached the guest is not known: it comes again. */
  void restore(int newFlags, Instant newLookedAt) {
    flags = newFlags;
    lookedAt = newLookedAt;
    raised = false;
  }
}
