package dev.javisor.internal.legacy;

import java.time.Duration;
import java.time.LocalDateTime;

/** What tests of the real-time clock and its RAM share. */
abstract class CmosFixture {
  static final long GIB = 1L << 30;
  static final Duration SECOND = Duration.ofSeconds(1);

  final FakeTime host = new FakeTime("2026-11-22T10:20:30Z");
  final RecordedSystem system = new RecordedSystem();
  int edges;
  final LegacyDevice<CmosState> cmos = newCmos(3 * GIB, 5 * GIB);
  final RtcDriver driver = new RtcDriver(cmos);

  LegacyDevice<CmosState> newCmos(long below, long above) {
    return LegacyDevices.cmos(
        "cmos", new CmosConfig(below, above), host, host, () -> edges++, system);
  }

  static LocalDateTime at(String time) {
    return LocalDateTime.parse(time);
  }
}
