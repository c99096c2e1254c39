package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AcpiPmTimerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long TICKS_PER_SECOND = 3_579_545;

  // Negative at first, as System.nanoTime may be.
  private long nanos = -5 * SECOND;
  private final LegacyDevice<PmTimerState> timer = LegacyDevices.pmTimer("pmtimer", () -> nanos);

  @Test
  void shouldStartAtZero() {
    assertEquals(0, timer.read(0, 4));
  }

  @Test
  void shouldCountAtItsFrequency() {
    nanos += SECOND;
    assertEquals(TICKS_PER_SECOND, timer.read(0, 4));

    nanos += SECOND / 2;
    assertEquals(TICKS_PER_SECOND * 3 / 2, timer.read(0, 4));
  }

  @Test
  void shouldNotDriftNorOverflow_whenItRunsForYears() {
    long seconds = 10L * 365 * 24 * 3600;
    nanos += seconds * SECOND + 1;

    assertEquals((seconds * TICKS_PER_SECOND) & 0xffff_ffffL, timer.read(0, 4));
  }

  @Test
  void shouldWrapAt32Bits() {
    timer.restore(new PmTimerState(1, 0xffff_ffffL));

    nanos += SECOND;

    assertEquals(TICKS_PER_SECOND - 1, timer.read(0, 4));
  }

  @Test
  void shouldReadPartByPart() {
    timer.restore(new PmTimerState(1, 0x1234_5678));

    assertEquals(0x1234, timer.read(2, 2) & 0xffff);
    assertEquals(0x56, timer.read(1, 1) & 0xff);
    assertEquals(-1, timer.read(4, 1));
  }

  @Test
  void shouldIgnoreWrites() {
    timer.write(0, 4, 77);

    assertEquals(0, timer.read(0, 4));
  }

  @Test
  void shouldStandStill_whileQuiesced() {
    nanos += SECOND;
    timer.quiesce();
    nanos += 100 * SECOND;
    assertEquals(TICKS_PER_SECOND, timer.save().counter());
    assertEquals(TICKS_PER_SECOND, timer.read(0, 4));

    timer.resume();
    nanos += SECOND;

    assertEquals(2 * TICKS_PER_SECOND, timer.read(0, 4));
  }

  @Test
  void shouldGoOnFromItsValue_whenRestoredElsewhere() {
    nanos += SECOND;
    timer.quiesce();
    PmTimerState state = timer.save();
    long[] otherNanos = {0};
    LegacyDevice<PmTimerState> copy = LegacyDevices.pmTimer("pmtimer", () -> otherNanos[0]);
    otherNanos[0] = 50 * SECOND;

    copy.quiesce();
    copy.restore(state);
    assertEquals(state, copy.save());
    copy.resume();
    otherNanos[0] += SECOND;

    assertEquals(2 * TICKS_PER_SECOND, copy.read(0, 4));
  }

  @Test
  void shouldStartOver_whenReset() {
    nanos += SECOND;

    timer.reset();

    assertEquals(0, timer.read(0, 4));
  }

  @Test
  void shouldRefuseHostileStates() {
    assertThrows(IllegalArgumentException.class, () -> timer.restore(new PmTimerState(2, 0)));
    assertThrows(IllegalArgumentException.class, () -> timer.restore(new PmTimerState(1, -1)));
    assertThrows(
        IllegalArgumentException.class, () -> timer.restore(new PmTimerState(1, 1L << 32)));
  }

  @Test
  void shouldNeverRunBackwards() {
    Random random = new Random(608);
    long last = 0;
    for (int i = 0; i < 10_000; i++) {
      nanos += random.nextInt(1000);
      long now = timer.read(0, 4);
      assertTrue(now >= last);
      last = now;
      timer.read(random.nextLong(), 1 << random.nextInt(4));
    }
  }
}
