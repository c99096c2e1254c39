package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PollWindowTest {
  private static final long MOST = 50_000;
  private static final long SOON = 10_000;
  private static final long LATE = MOST + PollWindow.WAKING + 1;

  private final PollWindow window = new PollWindow(MOST);

  @Test
  void shouldNotLook_untilALookWouldHaveBeenWorthIt() {
    assertEquals(0, window.nanos());
    window.idle(LATE);
    assertEquals(0, window.nanos());
    window.idle(SOON);
    assertEquals(PollWindow.LEAST, window.nanos());
  }

  @Test
  void shouldGrowUpToTheBound_whileWorkComesSoon() {
    long before = 0;
    for (int i = 0; i < 4; i++) {
      window.idle(SOON);
      assertEquals(before == 0 ? PollWindow.LEAST : 2 * before, window.nanos());
      before = window.nanos();
    }
    window.idle(SOON);
    assertEquals(MOST, window.nanos());
    window.idle(MOST + PollWindow.WAKING);
    assertEquals(MOST, window.nanos());
  }

  @Test
  void shouldShrinkToNothing_whileWorkIsRare() {
    for (int i = 0; i < 5; i++) {
      window.idle(SOON);
    }
    for (long expected : new long[] {25_000, 12_500, 6_250, 0, 0}) {
      window.idle(LATE);
      assertEquals(expected, window.nanos());
    }
  }

  @Test
  void shouldKeepABoundThatIsBelowTheShortestLook() {
    PollWindow shortOne = new PollWindow(1_000);

    shortOne.idle(SOON);

    assertEquals(1_000, shortOne.nanos());
  }
}
