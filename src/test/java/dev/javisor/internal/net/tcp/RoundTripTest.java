package dev.javisor.internal.net.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** RFC 6298. */
class RoundTripTest {
  private static final long MS = 1_000_000;

  private final RoundTrip time = new RoundTrip(1000 * MS, 200 * MS, 60_000 * MS);

  @Test
  void shouldWaitThreeTimesTheFirstMeasurement() {
    assertEquals(1000 * MS, time.timeout());

    time.sample(400 * MS);

    assertEquals(1200 * MS, time.timeout());
  }

  @Test
  void shouldComeNearTheRoundTrip_whenItIsSteady() {
    for (int i = 0; i < 100; i++) {
      time.sample(400 * MS);
    }

    assertEquals(400, time.timeout() / MS);
  }

  @Test
  void shouldFollowTheFormulas() {
    time.sample(400 * MS);
    time.sample(800 * MS);

    // Variation 3/4 * 200 + 1/4 * 400, mean 7/8 * 400 + 1/8 * 800.
    assertEquals(450 + 4 * 250, time.timeout() / MS);
  }

  @Test
  void shouldStayWithinItsBounds() {
    time.sample(1);
    assertEquals(200, time.timeout() / MS);

    for (int i = 0; i < 20; i++) {
      time.backOff();
    }
    assertEquals(60_000, time.timeout() / MS);

    time.progress();
    assertEquals(200, time.timeout() / MS);
  }

  @Test
  void shouldWaitThreeSeconds_whenTheSynWasLost() {
    time.synWasLost();
    assertEquals(3000, time.timeout() / MS);
  }
}
