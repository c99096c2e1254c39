package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.DeviceCounters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counters that only ever grow. Threading: one thread at a time adds to a counter, any thread
 * reads.
 */
final class SumCounters implements DeviceCounters {
  private final String id;
  private final List<String> names;
  private final AtomicLongArray values;

  SumCounters(String id, String... names) {
    this.id = id;
    this.names = List.of(names);
    values = new AtomicLongArray(names.length);
  }

  /** Adds to the counter with this place in the list of names. */
  void add(int counter, long amount) {
    values.setRelease(counter, values.getPlain(counter) + amount);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Map<String, Long> counters() {
    Map<String, Long> counters = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      counters.put(names.get(i), values.getAcquire(i));
    }
    return counters;
  }
}
