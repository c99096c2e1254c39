package dev.javisor.internal.net.vswitch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * What is under way, by the time of its arrival; at the same time by the order in which it was put
 * there. Threading: one thread at a time.
 *
 * @param <T> what is under way
 */
public final class Agenda<T> {
  /** There is nothing. */
  public static final long NEVER = Long.MAX_VALUE;

  private record Entry<T>(long time, long number, Link link, T item) {}

  private final PriorityQueue<Entry<T>> entries =
      new PriorityQueue<>(
          Comparator.<Entry<T>>comparingLong(Entry::time).thenComparingLong(Entry::number));
  private long numbers;

  /**
   * Adds something.
   *
   * @param time in nanoseconds
   * @param link what it travels on
   */
  public void add(long time, Link link, T item) {
    entries.add(new Entry<>(time, numbers++, link, item));
  }

  /** When the next one arrives, in nanoseconds; or {@link #NEVER}. */
  public long next() {
    Entry<T> first = entries.peek();
    return first == null ? NEVER : first.time;
  }

  /** Takes the next one out. */
  public @Nullable T poll() {
    Entry<T> first = entries.poll();
    return first == null ? null : first.item;
  }

  /** Lets everything on a link arrive at that time, or before. */
  public void hurry(Link link, long latest) {
    List<Entry<T>> late = new ArrayList<>();
    for (Entry<T> entry : entries) {
      if (entry.link == link && entry.time > latest) {
        late.add(entry);
      }
    }
    if (!late.isEmpty()) {
      entries.removeIf(entry -> entry.link == link && entry.time > latest);
      // Their numbers would stay in order, but not behind those that were already that early.
      late.sort(entries.comparator());
      late.forEach(entry -> add(latest, link, entry.item));
    }
  }

  /** Removes everything. */
  public void clear() {
    entries.clear();
  }

  /** How many are under way. */
  public int size() {
    return entries.size();
  }
}
