package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.RtcRegisters.B_24_HOURS;
import static dev.javisor.internal.legacy.RtcRegisters.B_BINARY;
import static dev.javisor.internal.legacy.RtcRegisters.CENTURY;
import static dev.javisor.internal.legacy.RtcRegisters.DAY;
import static dev.javisor.internal.legacy.RtcRegisters.HOURS;
import static dev.javisor.internal.legacy.RtcRegisters.MINUTES;
import static dev.javisor.internal.legacy.RtcRegisters.MONTH;
import static dev.javisor.internal.legacy.RtcRegisters.SECONDS;
import static dev.javisor.internal.legacy.RtcRegisters.WEEKDAY;
import static dev.javisor.internal.legacy.RtcRegisters.YEAR;

import java.time.DayOfWeek;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;

/**
 * How an MC146818A writes times: BCD or binary, 24 or 12 hours.
 *
 * <p>Spec: MC146818A data sheet, "Time, calendar, and alarm locations", table 3.
 *
 * @param binary numbers are binary rather than BCD
 * @param hours24 hours count from 0 to 23 rather than from 1 to 12 with bit 7 for the afternoon
 */
record RtcFormat(boolean binary, boolean hours24) {
  private static final int AFTERNOON = 0x80;
  private static final int HOURS_OF_HALF_DAY = 12;

  /** The format that register B asks for. */
  static RtcFormat of(int b) {
    return new RtcFormat((b & B_BINARY) != 0, (b & B_24_HOURS) != 0);
  }

  /** A number from 0 to 99 as the chip writes it. */
  int encode(int number) {
    return binary ? number : ((number / 10) << 4) | (number % 10);
  }

  /** The number that a byte stands for; nonsense gives nonsense, 0 to 255. */
  int decode(int value) {
    return binary ? value : (value >> 4) * 10 + (value & 0xf);
  }

  /** An hour from 0 to 23 as the chip writes it. */
  int encodeHour(int hour) {
    if (hours24) {
      return encode(hour);
    }
    int half = hour % HOURS_OF_HALF_DAY;
    int shown = encode(half == 0 ? HOURS_OF_HALF_DAY : half);
    return hour < HOURS_OF_HALF_DAY ? shown : shown | AFTERNOON;
  }

  /** The hour that a byte stands for; nonsense gives nonsense, 0 to 255. */
  int decodeHour(int value) {
    if (hours24) {
      return decode(value);
    }
    int half = decode(value & ~AFTERNOON) % HOURS_OF_HALF_DAY;
    return (value & AFTERNOON) != 0 ? half + HOURS_OF_HALF_DAY : half;
  }

  /** One register of the time. */
  int read(LocalDateTime time, int register) {
    return switch (register) {
      case SECONDS -> encode(time.getSecond());
      case MINUTES -> encode(time.getMinute());
      case HOURS -> encodeHour(time.getHour());
      case WEEKDAY -> encode(weekday(time.getDayOfWeek()));
      case DAY -> encode(time.getDayOfMonth());
      case MONTH -> encode(time.getMonthValue());
      case YEAR -> encode(Math.floorMod(time.getYear(), 100));
      default -> encode(Math.floorMod(Math.floorDiv(time.getYear(), 100), 100));
    };
  }

  /** Sunday is 1. */
  private static int weekday(DayOfWeek day) {
    return day.getValue() % 7 + 1;
  }

  /**
   * The time that registers hold. Numbers out of range become the nearest in range, so that any
   * bytes are some time.
   *
   * @param registers indexed by register
   * @return seconds since 1970 UTC
   */
  long epochSecond(int[] registers) {
    int year = clamp(decode(registers[YEAR]), 0, 99);
    int century = clamp(decode(registers[CENTURY]), 0, 99);
    YearMonth month = YearMonth.of(century * 100 + year, clamp(decode(registers[MONTH]), 1, 12));
    return month
        .atDay(clamp(decode(registers[DAY]), 1, month.lengthOfMonth()))
        .atTime(
            clamp(decodeHour(registers[HOURS]), 0, 23),
            clamp(decode(registers[MINUTES]), 0, 59),
            clamp(decode(registers[SECONDS]), 0, 59))
        .toEpochSecond(ZoneOffset.UTC);
  }

  private static int clamp(int value, int min, int max) {
    return Math.max(min, Math.min(value, max));
  }
}
