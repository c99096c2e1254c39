package dev.javisor.internal.net.user;

import dev.javisor.internal.net.user.Resolver.Found;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lookups of names in guests' turns: one whose names take long to find, or are never found, does
 * not hold up the others. Guests have names as in {@link Neighbours}.
 *
 * <p>Threading: the network's.
 */
final class LookupQueue {
  private final Resolver resolver;
  private final FairShare running = new FairShare(HostResolver.THREADS);
  private final FairShare places = new FairShare(HostResolver.MOST_LOOKUPS);

  /** What waits, by guests; the one whose turn it is first. */
  private final Map<String, ArrayDeque<Lookup>> waiting = new LinkedHashMap<>();

  private record Lookup(@Nullable String guest, String name, Consumer<Found> done) {}

  LookupQueue(Resolver resolver) {
    this.resolver = resolver;
  }

  /**
   * Looks up a host's addresses.
   *
   * @param done called later
   * @return false if the guest has too many under way
   */
  boolean lookup(@Nullable String guest, String name, Consumer<Found> done) {
    Lookup lookup = new Lookup(guest, name, done);
    if (running.take(guest)) {
      return start(lookup);
    }
    if (!places.take(guest)) {
      return false;
    }
    waiting.computeIfAbsent(key(guest), k -> new ArrayDeque<>()).add(lookup);
    return true;
  }

  private static String key(@Nullable String guest) {
    return guest == null ? "" : guest;
  }

  private boolean start(Lookup lookup) {
    boolean started =
        resolver.lookup(
            lookup.name,
            found -> {
              running.give(lookup.guest);
              next();
              lookup.done.accept(found);
            });
    if (!started) {
      running.give(lookup.guest);
    }
    return started;
  }

  /** Starts what can be started now that a lookup is over. */
  private void next() {
    for (Lookup lookup = poll(); lookup != null; lookup = poll()) {
      places.give(lookup.guest);
      if (!start(lookup)) {
        return;
      }
    }
  }

  /** The next lookup whose guest may have one more running; it is the last one's turn now. */
  private @Nullable Lookup poll() {
    Iterator<Map.Entry<String, ArrayDeque<Lookup>>> turns = waiting.entrySet().iterator();
    while (turns.hasNext()) {
      Map.Entry<String, ArrayDeque<Lookup>> turn = turns.next();
      Lookup lookup = turn.getValue().getFirst();
      if (running.take(lookup.guest)) {
        turns.remove();
        turn.getValue().removeFirst();
        if (!turn.getValue().isEmpty()) {
          waiting.put(turn.getKey(), turn.getValue());
        }
        return lookup;
      }
    }
    return null;
  }
}
