package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.RtcDriver.A;
import static dev.javisor.internal.legacy.RtcDriver.ALARM;
import static dev.javisor.internal.legacy.RtcDriver.B;
import static dev.javisor.internal.legacy.RtcDriver.C;
import static dev.javisor.internal.legacy.RtcDriver.HOURS_24;
import static dev.javisor.internal.legacy.RtcDriver.PERIODIC;
import static dev.javisor.internal.legacy.RtcDriver.SET;
import static dev.javisor.internal.legacy.RtcDriver.UPDATE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The clock's interrupts. */
class RtcInterruptTest extends CmosFixture {
  @Test
  void shouldInterruptEachSecond_whenUpdatesAreWanted() {
    host.jumpTo("2026-11-22T10:20:30.500Z");
    driver.out(B, HOURS_24 | UPDATE);
    assertEquals(0, edges);

    for (int second = 1; second <= 3; second++) {
      host.advance(SECOND);
      assertEquals(second, edges);
      assertEquals(0x80 | UPDATE, driver.in(C) & (0x80 | UPDATE));
      assertEquals(0, driver.in(C), "reading clears the flags");
    }
  }

  @Test
  void shouldWaitForTheGuest_whenAnInterruptIsNotServed() {
    driver.out(A, 0x23); // 8192 Hz
    driver.out(B, HOURS_24 | PERIODIC);

    host.advance(Duration.ofMinutes(1));

    assertEquals(1, edges);
    assertEquals(0, host.pendingTasks());
  }

  @ParameterizedTest
  @CsvSource({"0x26, 1024", "0x2f, 2", "0x23, 8192", "0x21, 256", "0x22, 128"})
  void shouldInterruptPeriodically(String control, int hz) {
    driver.out(A, Integer.decode(control));
    driver.out(B, HOURS_24 | PERIODIC);
    long stepNanos = 1_000_000_000L / hz;

    for (int i = 0; i < 2 * hz; i++) {
      host.advance(Duration.ofNanos(stepNanos));
      driver.in(C);
    }

    assertEquals(2.0 * hz, edges, 4.0, "within the timer's minimum delay");
  }

  @Test
  void shouldNotInterruptPeriodically_whenTheRateIsZero() {
    driver.out(A, 0x20);
    driver.out(B, HOURS_24 | PERIODIC);

    host.advance(Duration.ofHours(1));

    assertEquals(0, edges);
    assertEquals(0, host.pendingTasks());
  }

  @Test
  void shouldRingTheAlarm() {
    driver.setAlarm(10, 21, 5);

    host.advance(Duration.ofSeconds(34));
    assertEquals(0, edges);
    host.advance(SECOND);

    assertEquals(1, edges);
    assertEquals(0x80 | ALARM, driver.in(C) & (0x80 | ALARM));
    host.advance(Duration.ofHours(23));
    assertEquals(1, edges);
    host.advance(Duration.ofHours(1));
    assertEquals(2, edges, "the next day");
  }

  @Test
  void shouldRingEachMinute_whenHoursAndMinutesAreAny() {
    driver.out(0x05, 0xff);
    driver.out(0x03, 0xc0);
    driver.out(0x01, 0x15);
    driver.out(B, HOURS_24 | ALARM);

    for (int minute = 1; minute <= 5; minute++) {
      host.advance(Duration.ofMinutes(1));
      assertEquals(minute, edges);
      driver.in(C);
    }
  }

  @Test
  void shouldSetFlagsWithoutInterrupt_whenNothingIsEnabled() {
    host.advance(SECOND);

    assertEquals(PERIODIC | UPDATE, driver.in(C));
    assertEquals(0, edges);
  }

  @Test
  void shouldInterruptAtOnce_whenAFlagIsSetAlreadyAndGetsEnabled() {
    host.advance(SECOND);

    driver.out(B, HOURS_24 | UPDATE);

    assertEquals(1, edges);
  }

  @Test
  void shouldNotRing_whenTheGuestSetsTheClockPastTheAlarm() {
    driver.setAlarm(12, 0, 0);

    driver.setTime(at("2026-11-22T13:00:00"));
    host.advance(Duration.ofMinutes(10));

    assertEquals(0, edges);
  }

  @Test
  void shouldRingOnTime_whenTheHostsClockIsSetBack() {
    driver.setAlarm(10, 21, 0);
    host.jumpTo("2026-11-22T10:20:00Z");

    host.advance(Duration.ofSeconds(59));
    assertEquals(0, edges);
    host.advance(SECOND);

    assertEquals(1, edges);
  }

  @Test
  void shouldClearUpdateInterrupts_whenTheClockIsHeld() {
    driver.out(B, SET | HOURS_24 | UPDATE);

    assertEquals(SET | HOURS_24, driver.in(B));
  }
}
