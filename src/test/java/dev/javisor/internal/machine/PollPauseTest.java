package dev.javisor.internal.machine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PollPauseTest {
  @Test
  void shouldBeCrowded_onlyWhileMoreLookThanThereIsRoomFor() {
    PollPause pause = new PollPause(2, 4);
    pause.begin();
    pause.begin();
    assertFalse(pause.crowded());

    pause.begin();
    assertTrue(pause.crowded());

    pause.end();
    assertFalse(pause.crowded());
  }

  @Test
  void shouldBeCrowdedByTheFirst_whenThereAreAsManyVcpusAsProcessors() {
    PollPause pause = new PollPause(2, 2);
    assertFalse(pause.crowded());

    pause.begin();

    assertTrue(pause.crowded());
  }
}
