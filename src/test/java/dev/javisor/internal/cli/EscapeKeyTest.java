package dev.javisor.internal.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EscapeKeyTest {
  private static final String KEY = "\u001d";

  private final AtomicLong clock = new AtomicLong(-5);
  private final EscapeKey escape = new EscapeKey(clock::get);

  @Test
  void shouldLeave_whenTheKeyComesThreeTimesWithinASecond() {
    assertFalse(typed("ls" + KEY));
    clock.addAndGet(400_000_000L);
    assertFalse(typed(KEY));
    clock.addAndGet(400_000_000L);

    assertTrue(typed(KEY));
  }

  @Test
  void shouldLeave_whenAllThreeComeAtOnce() {
    assertTrue(typed("x" + KEY + KEY + KEY));
  }

  @Test
  void shouldStay_whenAnotherKeyComesBetween() {
    assertFalse(typed(KEY + KEY + "a" + KEY + KEY));
  }

  @Test
  void shouldStartAnew_whenTheKeysComeSlowly() {
    assertFalse(typed(KEY + KEY));
    clock.addAndGet(1_000_000_001L);

    assertFalse(typed(KEY));
    assertTrue(typed(KEY + KEY));
  }

  private boolean typed(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    return escape.typed(bytes, bytes.length);
  }
}
