package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.RtcDriver.A;
import static dev.javisor.internal.legacy.RtcDriver.B;
import static dev.javisor.internal.legacy.RtcDriver.BINARY;
import static dev.javisor.internal.legacy.RtcDriver.CENTURY;
import static dev.javisor.internal.legacy.RtcDriver.D;
import static dev.javisor.internal.legacy.RtcDriver.HOURS_24;
import static dev.javisor.internal.legacy.RtcDriver.SET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock, by the eyes of a driver. */
class RtcTimeTest extends CmosFixture {
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
  void shouldStayWithinItsBounds_whenTheHostsClockIsAtItsEnds() {
    for (Instant end : List.of(Instant.parse("-9999-01-01T00:00:00Z"), Instant.EPOCH)) {
      host.jumpTo(end.toString());
      driver.setTime(at("9999-12-31T23:59:59"));

      assertEquals(at("9999-12-31T23:59:59"), driver.time());
    }
  }
}
