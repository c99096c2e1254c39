package dev.javisor.testing.guest;

import java.nio.charset.StandardCharsets;

/** The content of the files in the test resources' folder {@code compressed}. */
public final class Sample {
  private static final String[] WORDS = {
    "queue", "guest", "memory", "kick", "vring", "notify", "host", "page", "irq", "msi", "the", "a"
  };

  private Sample() {}

  /** Text of 300 kB with words that repeat, numbers that do not, and a long run of one byte. */
  public static byte[] bytes() {
    StringBuilder text = new StringBuilder();
    long seed = 42;
    while (text.length() < 280_000) {
      seed = seed * 6364136223846793005L + 1442695040888963407L;
      int pick = (int) (seed >>> 40);
      if (pick % 61 == 0) {
        text.append(pick).append('\n');
      } else if (pick % 97 == 0 && text.length() > 3000) {
        text.append(text, text.length() - 2000 - pick % 900, text.length() - 500);
      } else {
        text.append(WORDS[pick % WORDS.length]).append(' ');
      }
    }
    return text.append("=".repeat(300_000 - text.length()))
        .toString()
        .getBytes(StandardCharsets.US_ASCII);
  }
}
