package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtcAlarmTest {
  private static final int ANY = RtcAlarm.ANY;
  private static final long NOON =
      LocalDateTime.parse("2026-11-22T12:00:00").toEpochSecond(ZoneOffset.UTC);

  private static OptionalLong bySearch(RtcAlarm alarm, long after) {
    for (long second = after + 1; second <= after + 86_400; second++) {
      LocalDateTime time = LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC);
      if (matches(alarm.hour(), time.getHour())
          && matches(alarm.minute(), time.getMinute())
          && matches(alarm.second(), time.getSecond())) {
        return OptionalLong.of(second);
      }
    }
    return OptionalLong.empty();
  }

  private static boolean matches(int part, int value) {
    return part == ANY || part == value;
  }

  @Test
  void shouldComeADayLater_whenItIsNow() {
    assertEquals(OptionalLong.of(NOON + 86_400), new RtcAlarm(12, 0, 0).nextAfter(NOON));
    assertEquals(OptionalLong.of(NOON), new RtcAlarm(12, 0, 0).nextAfter(NOON - 1));
  }

  @Test
  void shouldNeverCome_whenThereIsNoSuchTime() {
    assertEquals(OptionalLong.empty(), new RtcAlarm(24, ANY, ANY).nextAfter(NOON));
    assertEquals(OptionalLong.empty(), new RtcAlarm(ANY, 60, ANY).nextAfter(NOON));
    assertEquals(OptionalLong.empty(), new RtcAlarm(ANY, ANY, 165).nextAfter(NOON));
  }

  @Test
  void shouldFindWhatASearchFinds() {
    Random random = new Random(165);
    for (int i = 0; i < 100; i++) {
      RtcAlarm alarm = new RtcAlarm(part(random, 24), part(random, 60), part(random, 60));
      long after = NOON + random.nextInt(200_000) - 100_000;

      assertEquals(bySearch(alarm, after), alarm.nextAfter(after), alarm + " after " + after);
    }
  }

  private static int part(Random random, int limit) {
    return random.nextBoolean() ? ANY : random.nextInt(limit);
  }

  @Test
  void shouldFindTimesBefore1970() {
    assertEquals(OptionalLong.of(-3600), new RtcAlarm(23, 0, 0).nextAfter(-86_400));
  }
}
