package dev.javisor.internal.cli;

import java.util.function.LongSupplier;

/**
 * Finds the key that leaves a guest whose terminal takes all others: Ctrl-], three times within a
 * second, as in systemd-nspawn. The guest gets the first two.
 */
final class EscapeKey {
  private static final byte KEY = 0x1d;
  private static final int TIMES = 3;
  private static final long WITHIN_NANOS = 1_000_000_000L;

  private final LongSupplier nanoTime;
  private int count;
  private long first;

  EscapeKey(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Looks at what was typed; true once the user wants to leave. */
  boolean typed(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] != KEY) {
        count = 0;
        continue;
      }
      long now = nanoTime.getAsLong();
      if (count == 0 || now - first > WITHIN_NANOS) {
        count = 0;
        first = now;
      }
      count++;
      if (count == TIMES) {
        return true;
      }
    }
    return false;
  }
}
