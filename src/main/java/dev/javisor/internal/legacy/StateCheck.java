package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;
import java.util.List;

/** Bounds of saved states, which may come from files. */
final class StateCheck {
  private StateCheck() {}

  /** Refuses versions other than the known one. */
  static void version(DeviceState state, int known) {
    if (state.version() != known) {
      throw new IllegalArgumentException(
          "%s: version %d, known is %d"
              .formatted(state.getClass().getSimpleName(), state.version(), known));
    }
  }

  /** Refuses values with bits outside the mask. */
  static int bits(String name, int value, int mask) {
    if ((value & ~mask) != 0) {
      throw new IllegalArgumentException("%s: 0x%x, mask is 0x%x".formatted(name, value, mask));
    }
    return value;
  }

  /** Refuses values outside the range, both ends included. */
  static long range(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException("%s: %d, not %d to %d".formatted(name, value, min, max));
    }
    return value;
  }

  /** Refuses lists that are too long or hold something else than bytes, 0 to 255. */
  static List<Integer> bytes(String name, List<Integer> values, int maxSize) {
    range(name + " size", values.size(), 0, maxSize);
    for (int value : values) {
      bits(name, value, 0xff);
    }
    return values;
  }
}
