package dev.javisor.internal.net.user;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Places that guests share. None gets one more while it has as many as are free: the first that
 * takes all it can get has half of them, the next half of the rest, and there are some for whoever
 * comes later. A guest that is alone may have all.
 *
 * <p>Threading: any thread.
 */
final class FairShare {
  private final int places;
  private final Map<String, Integer> takenBy = new HashMap<>();
  private int taken;

  FairShare(int places) {
    this.places = places;
  }

  /**
   * Takes a place, if there is one for this guest.
   *
   * @param guest its name; null if it is alone
   */
  synchronized boolean take(@Nullable String guest) {
    int free = places - taken;
    if (free <= 0 || guest != null && takenBy.getOrDefault(guest, 0) >= free) {
      return false;
    }
    taken++;
    if (guest != null) {
      takenBy.merge(guest, 1, Integer::sum);
    }
    return true;
  }

  /** Gives back a place that this guest took. */
  synchronized void give(@Nullable String guest) {
    taken--;
    if (guest != null) {
      takenBy.computeIfPresent(guest, (g, count) -> count == 1 ? null : count - 1);
    }
  }

  /** How many are taken. */
  synchronized int taken() {
    return taken;
  }
}
