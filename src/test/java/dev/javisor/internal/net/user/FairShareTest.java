package dev.javisor.internal.net.user;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Places, some guests that take what they can get, and others. */
class FairShareTest {
  private final FairShare places = new FairShare(64);

  private int takeAll(String guest) {
    int count = 0;
    while (places.take(guest)) {
      count++;
    }
    return count;
  }

  @Test
  void shouldLeaveHalfOfTheRest_toWhoeverComesLater() {
    assertEquals(32, takeAll("greedy"));
    assertEquals(16, takeAll("as greedy"));
    assertEquals(8, takeAll("third"));
    assertTrue(places.take("modest"));
    assertEquals(57, places.taken());
  }

  @Test
  void shouldGiveAll_toOneThatIsAlone() {
    assertEquals(64, takeAll(null));
    places.give(null);
    assertEquals(1, takeAll(null));
  }

  @Test
  void shouldTakeBackWhatIsGiven() {
    takeAll("a");
    places.give("a");

    assertTrue(places.take("a"));
    assertFalse(places.take("a"));

    for (int i = 0; i < 32; i++) {
      places.give("a");
    }
    assertEquals(0, places.taken());
    assertEquals(32, takeAll("b"));
  }
}
