package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.RtcDriver.A;
import static dev.javisor.internal.legacy.RtcDriver.ALARM;
import static dev.javisor.internal.legacy.RtcDriver.B;
import static dev.javisor.internal.legacy.RtcDriver.BINARY;
import static dev.javisor.internal.legacy.RtcDriver.C;
import static dev.javisor.internal.legacy.RtcDriver.CENTURY;
import static dev.javisor.internal.legacy.RtcDriver.D;
import static dev.javisor.internal.legacy.RtcDriver.HOURS_24;
import static dev.javisor.internal.legacy.RtcDriver.PERIODIC;
import static dev.javisor.internal.legacy.RtcDriver.SET;
import static dev.javisor.internal.legacy.RtcDriver.UPDATE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CmosTest {
  private static final long GIB = 1L << 30;
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final FakeTime host = new FakeTime("2026-11-22T10:20:30Z");
  private final RecordedSystem system = new RecordedSystem();
  private int edges;
  private final LegacyDevice<CmosState> cmos = newCmos(3 * GIB, 5 * GIB);
  private final RtcDriver driver = new RtcDriver(cmos);

  private LegacyDevice<CmosState> newCmos(long below, long above) {
    return LegacyDevices.cmos(
        "cmos", new CmosConfig(below, above), host, host, () -> edges++, system);
  }

  private static LocalDateTime at(String time) {
    return LocalDateTime.parse(time);
  }

  @Test
  void shouldSatisfyLinux() {
    assertTrue(driver.probe());
    assertEquals(at("2026-11-22T10:20:30"), driver.time());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, HOURS_24, BINARY, BINARY | HOURS_24})
  void shouldTurnTheCentury(int format) {
    driver.out(B, format);
    host.jumpTo("1999-12-31T23:59:59Z");
    assertEquals(at("1999-12-31T23:59:59"), driver.time());

    host.advance(SECOND);

    assertEquals(at("2000-01-01T00:00:00"), driver.time());
  }

  @ParameterizedTest
  @CsvSource({
    "2000-02-28T23:59:59, 2000-02-29T00:00:00",
    "2024-02-29T23:59:59, 2024-03-01T00:00:00",
    "2023-02-28T23:59:59, 2023-03-01T00:00:00",
    "2100-02-28T23:59:59, 2100-03-01T00:00:00",
    "9999-12-31T23:59:58, 9999-12-31T23:59:59"
  })
  void shouldKnowLeapYears(String before, String after) {
    driver.setTime(at(before));
    host.advance(SECOND);

    assertEquals(at(after), driver.time());
  }

  @ParameterizedTest
  @CsvSource({"2000-01-01, 7", "2026-11-22, 1", "2026-11-23, 2", "1970-01-01, 5"})
  void shouldCountWeekdaysFromSunday(String date, int weekday) {
    host.jumpTo(date + "T12:00:00Z");

    assertEquals(weekday, driver.in(0x06));
  }

  @ParameterizedTest
  @CsvSource({
    "00, 0x12, 0x0c", "01, 0x01, 0x01", "11, 0x11, 0x0b",
    "12, 0x92, 0x8c", "13, 0x81, 0x81", "23, 0x91, 0x8b"
  })
  void shouldTellTwelveHours(String hour, String bcd, String binary) {
    host.jumpTo("2026-11-22T" + hour + ":00:00Z");

    driver.out(B, 0);
    assertEquals(Integer.decode(bcd), driver.in(0x04));
    driver.out(B, BINARY);
    assertEquals(Integer.decode(binary), driver.in(0x04));
  }

  @Test
  void shouldAnswerInBcd_whenReset() {
    assertEquals(HOURS_24, driver.in(B));
    assertEquals(0x26, driver.in(A) & 0x7f);
    assertEquals(0x80, driver.in(D));
    assertEquals(
        List.of(0x30, 0x20, 0x10, 0x22, 0x11, 0x26, 0x20),
        List.of(
            driver.in(0),
            driver.in(2),
            driver.in(4),
            driver.in(7),
            driver.in(8),
            driver.in(9),
            driver.in(CENTURY)));
  }

  @Test
  void shouldAnnounceUpdates() {
    host.jumpTo("2026-11-22T10:20:30.999755Z");
    assertEquals(0, driver.in(A) & 0x80);

    host.jumpTo("2026-11-22T10:20:30.999757Z");
    assertEquals(0x80, driver.in(A) & 0x80);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, HOURS_24, BINARY, BINARY | HOURS_24})
  void shouldRunFromWhereTheGuestSetIt(int format) {
    driver.out(B, format);
    host.jumpTo("2026-11-22T10:20:30.900Z");

    driver.setTime(at("1987-06-05T16:03:21"));
    assertEquals(at("1987-06-05T16:03:21"), driver.time());
    host.advance(Duration.ofMillis(499));
    assertEquals(at("1987-06-05T16:03:21"), driver.time());
    host.advance(Duration.ofMillis(1));
    assertEquals(at("1987-06-05T16:03:22"), driver.time());
    host.advance(Duration.ofDays(1));

    assertEquals(at("1987-06-06T16:03:22"), driver.time());
  }

  @Test
  void shouldStandStill_whileSet() {
    driver.out(B, SET | HOURS_24);

    host.advance(Duration.ofMinutes(5));

    assertEquals(at("2026-11-22T10:20:30"), driver.time());
    assertEquals(0, driver.in(A) & 0x80);
    driver.out(B, HOURS_24);
    assertEquals(at("2026-11-22T10:20:30"), driver.time());
  }

  @Test
  void shouldKeepTheFraction_whenOnlySetHeldTheClock() {
    host.jumpTo("2026-11-22T10:20:30.800Z");
    driver.out(B, SET | HOURS_24);
    driver.out(0x00, 0x10);
    driver.out(B, HOURS_24);

    host.advance(Duration.ofMillis(200));

    assertEquals(at("2026-11-22T10:20:11"), driver.time());
  }

  @Test
  void shouldTakeSingleRegisters_whileRunning() {
    driver.out(0x04, 0x23);
    driver.out(CENTURY, 0x19);

    assertEquals(at("1926-11-22T23:20:30"), driver.time());
  }

  @Test
  void shouldTakeTheNearestDate_whenThereIsNoSuchOne() {
    driver.out(B, SET | HOURS_24);
    driver.out(0x07, 0x31);
    driver.out(0x08, 0x02);
    driver.out(0x04, 0xff);
    driver.out(0x02, 0x99);
    assertEquals(0x31, driver.in(0x07), "held registers are plain memory");

    driver.out(B, HOURS_24);

    assertEquals(at("2026-02-28T23:59:30"), driver.time());
  }

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

  @ParameterizedTest
  @CsvSource({
    "0x2000000, 0, 0x7c00, 0x100, 0",
    "0xc0000000, 0x140000000, 0xffff, 0xbf00, 0x14000",
    "0x100000, 0, 0, 0, 0",
    "0, 0x7fffffffffffffff, 0, 0, 0xffffff"
  })
  void shouldTellTheSizeOfRam(String below, String above, String kib, String mid, String high) {
    RtcDriver other = new RtcDriver(newCmos(Long.decode(below), Long.decode(above)));

    assertEquals(Integer.decode(kib), other.in(0x30) | other.in(0x31) << 8);
    assertEquals(Integer.decode(mid), other.in(0x34) | other.in(0x35) << 8);
    assertEquals(Integer.decode(high), other.in(0x5b) | other.in(0x5c) << 8 | other.in(0x5d) << 16);
  }

  @Test
  void shouldRefuseNegativeSizes() {
    assertThrows(IllegalArgumentException.class, () -> new CmosConfig(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new CmosConfig(0, -1));
  }

  @Test
  void shouldKeepRam_whateverTheNmiMask() {
    driver.out(0x40, 0xab);

    assertEquals(0xab, driver.in(0x40));
    assertEquals(0xab, driver.in(0xc0));
    assertEquals(0xc0, cmos.read(0, 1));
  }

  @Test
  void shouldNotTakeWritesToReadOnlyRegisters() {
    driver.out(C, 0xff);
    driver.out(D, 0);

    assertEquals(0, driver.in(C));
    assertEquals(0x80, driver.in(D));
  }

  @Test
  void shouldReset_whenLinuxRestartsThroughTheBios() {
    driver.out(0x0f, 0); // what Linux does when it starts a processor
    driver.out(0x8f, 0x0a);
    assertEquals(List.of(), system.requests);

    driver.out(0x8f, 0);

    assertEquals(List.of("reset"), system.requests);
  }

  @Test
  void shouldKeepTimeAndRam_whenReset() {
    driver.setTime(at("1987-06-05T16:03:21"));
    driver.out(0x40, 0xab);
    driver.out(0x34, 0);
    driver.out(B, BINARY | UPDATE);

    cmos.reset();

    assertEquals(at("1987-06-05T16:03:21"), driver.time());
    assertEquals(0xab, driver.in(0x40));
    assertEquals(0xbf00, driver.in(0x34) | driver.in(0x35) << 8);
    assertEquals(HOURS_24, driver.in(B));
    assertEquals(0, host.pendingTasks());
  }

  @Test
  void shouldBeStill_whileQuiesced() {
    driver.setAlarm(10, 20, 40);
    cmos.quiesce();
    assertEquals(0, host.pendingTasks());
    host.advance(Duration.ofMinutes(1));
    assertEquals(0, edges);

    cmos.resume();

    assertEquals(1, edges, "the alarm that came meanwhile");
    assertEquals(at("2026-11-22T10:21:30"), driver.time());
  }

  @Test
  void shouldGoOn_whenRestored() {
    driver.setTime(at("1987-06-05T16:03:21"));
    driver.setAlarm(16, 4, 0);
    driver.out(0x40, 0xab);
    cmos.quiesce();
    CmosState state = cmos.save();
    LegacyDevice<CmosState> copy = newCmos(GIB, 0);
    RtcDriver copyDriver = new RtcDriver(copy);
    host.advance(Duration.ofSeconds(10));

    copy.quiesce();
    copy.restore(state);
    copy.resume();
    assertEquals(at("1987-06-05T16:03:31"), copyDriver.time());
    host.advance(Duration.ofSeconds(29));

    assertEquals(1, edges);
    assertEquals(0xab, copyDriver.in(0x40));
    assertEquals(0xbf00, copyDriver.in(0x34) | copyDriver.in(0x35) << 8);
  }

  @Test
  void shouldKeepAHeldTime_whenRestored() {
    driver.out(B, SET | HOURS_24);
    driver.out(0x00, 0x59);
    CmosState state = cmos.save();
    LegacyDevice<CmosState> copy = newCmos(GIB, 0);

    copy.restore(state);

    assertEquals(state, copy.save());
    assertEquals(0x59, new RtcDriver(copy).in(0x00));
  }

  private CmosState withRegister(int register, int value) {
    CmosState state = cmos.save();
    List<Integer> registers = new ArrayList<>(state.registers());
    registers.set(register, value);
    return withRegisters(registers);
  }

  private CmosState withRegisters(List<Integer> registers) {
    return new CmosState(1, 0, registers, 0, 0, 0, 0, 0);
  }

  @Test
  void shouldRefuseHostileStates() {
    CmosState good = cmos.save();
    List<Integer> registers = good.registers();

    List<CmosState> hostile =
        List.of(
            new CmosState(2, 0, registers, 0, 0, 0, 0, 0),
            new CmosState(1, 256, registers, 0, 0, 0, 0, 0),
            new CmosState(1, 0, registers, 0x80, 0, 0, 0, 0),
            new CmosState(1, 0, registers, 0, Long.MAX_VALUE, 0, 0, 0),
            new CmosState(1, 0, registers, 0, Long.MIN_VALUE, 0, 0, 0),
            new CmosState(1, 0, registers, 0, 0, 1_000_000_000, 0, 0),
            new CmosState(1, 0, registers, 0, 0, -1, 0, 0),
            new CmosState(1, 0, registers, 0, 0, 0, Long.MAX_VALUE, 0),
            new CmosState(1, 0, registers, 0, 0, 0, 0, -1),
            withRegisters(List.of()),
            withRegisters(Collections.nCopies(129, 0)),
            withRegister(0x40, 256),
            withRegister(0x40, -1),
            withRegister(A, 0x80),
            withRegister(C, 0x10),
            withRegister(D, 0x80));

    for (CmosState state : hostile) {
      assertThrows(IllegalArgumentException.class, () -> cmos.restore(state), state.toString());
    }
    assertEquals(good, cmos.save());
  }

  @Test
  void shouldSurviveRandomAccesses() {
    long seed = 146818;
    Random random = new Random(seed);
    LegacyDevice<CmosState> copy = newCmos(0, 0);
    copy.quiesce();
    for (int i = 0; i < 30_000; i++) {
      int size = 1 << random.nextInt(4);
      switch (random.nextInt(6)) {
        case 0 -> cmos.read(random.nextInt(3), size);
        case 1 -> cmos.write(random.nextLong(), size, random.nextLong());
        case 2 -> host.advance(Duration.ofNanos(random.nextInt(2_000_000_000)));
        case 3 -> driver.in(random.nextInt(256));
        case 4 -> driver.out(random.nextInt(0x10), random.nextInt(256));
        default -> driver.out(random.nextInt(256), random.nextInt(256));
      }
      assertTrue(host.pendingTasks() <= 1, "one timer at most");
      if (i % 50 == 0) {
        CmosState state = cmos.save();
        copy.restore(state);
        assertEquals(state, copy.save(), "seed " + seed + ", step " + i);
      }
    }
    assertTrue(edges > 0);
  }

  @Test
  void shouldStayWithinItsBounds_whenTheHostsClockIsAtItsEnds() {
    for (Instant end : List.of(Instant.parse("-9999-01-01T00:00:00Z"), Instant.EPOCH)) {
      host.jumpTo(end.toString());
      driver.setTime(at("9999-12-31T23:59:59"));

      assertEquals(at("9999-12-31T23:59:59"), driver.time());
    }
  }
}
