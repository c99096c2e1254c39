package dev.javisor.internal.vsock;

import dev.javisor.internal.bus.DeviceCounters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/** What a vsock device counts. Threading: any thread. */
final class VsockCounters implements DeviceCounters {
  static final int RX_BYTES = 0;
  static final int TX_BYTES = 1;
  static final int CONNECTIONS = 2;
  static final int REFUSED = 3;
  static final int DROPPED = 4;
  private static final String[] NAMES = {
    "rx_bytes", "tx_bytes", "connections", "refused", "dropped"
  };

  private final String id;
  private final AtomicLongArray values = new AtomicLongArray(NAMES.length);

  VsockCounters(String id) {
    this.id = id;
  }

  void add(int counter, long amount) {
    values.addAndGet(counter, amount);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public Map<String, Long> counters() {
    Map<String, Long> counters = new LinkedHashMap<>();
    for (int i = 0; i < NAMES.length; i++) {
      counters.put(NAMES[i], values.get(i));
    }
    return counters;
  }
}
