package dev.javisor.internal.legacy;

import java.util.OptionalLong;

/**
 * A time of day at which an RTC's alarm goes off, each part of it a number or any.
 *
 * <p>Spec: MC146818A data sheet, "Time, calendar, and alarm locations": a byte from 0xC0 on matches
 * all.
 *
 * @param hour 0 to 23, or {@link #ANY}; other numbers never come
 * @param minute 0 to 59, or {@link #ANY}; other numbers never come
 * @param second 0 to 59, or {@link #ANY}; other numbers never come
 */
record RtcAlarm(int hour, int minute, int second) {
  /** Matches all numbers. */
  static final int ANY = -1;

  private static final int FIRST_ANY = 0xc0;
  private static final int SECONDS_A_DAY = 24 * 3600;

  /** The alarm that the three registers hold. */
  static RtcAlarm of(RtcFormat format, int hours, int minutes, int seconds) {
    return new RtcAlarm(
        hours >= FIRST_ANY ? ANY : format.decodeHour(hours),
        minutes >= FIRST_ANY ? ANY : format.decode(minutes),
        seconds >= FIRST_ANY ? ANY : format.decode(seconds));
  }

  /**
   * When it goes off next.
   *
   * @param epochSecond seconds since 1970 UTC
   * @return the first matching second after that one, at most a day later; empty if none comes
   */
  OptionalLong nextAfter(long epochSecond) {
    long from = epochSecond + 1;
    int secondOfDay = (int) Math.floorMod(from, (long) SECONDS_A_DAY);
    int match = firstFrom(secondOfDay);
    if (match < 0) {
      match = firstFrom(0);
      if (match < 0) {
        return OptionalLong.empty();
      }
      match += SECONDS_A_DAY;
    }
    return OptionalLong.of(from - secondOfDay + match);
  }

  /** The first matching second of a day from the given one on, or -1. */
  private int firstFrom(int secondOfDay) {
    int fromHour = secondOfDay / 3600;
    int fromMinute = secondOfDay / 60 % 60;
    int fromSecond = secondOfDay % 60;
    // At most three steps each: past the first hour and minute all parts start at 0.
    for (int h = next(hour, fromHour, 23); h >= 0; h = next(hour, h + 1, 23)) {
      int minuteStart = h == fromHour ? fromMinute : 0;
      for (int m = next(minute, minuteStart, 59); m >= 0; m = next(minute, m + 1, 59)) {
        boolean isFirst = h == fromHour && m == fromMinute;
        int s = next(second, isFirst ? fromSecond : 0, 59);
        if (s >= 0) {
          return (h * 60 + m) * 60 + s;
        }
      }
    }
    return -1;
  }

  /** The first number from {@code from} to {@code max} that the part matches, or -1. */
  private static int next(int part, int from, int max) {
    if (part == ANY) {
      return from <= max ? from : -1;
    }
    return part >= from && part <= max ? part : -1;
  }
}
