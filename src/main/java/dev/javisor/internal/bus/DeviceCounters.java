package dev.javisor.internal.bus;

import java.util.Map;

/** What a device counts, for its users: bytes, operations, latencies. Threading: any thread. */
public interface DeviceCounters {
  /** The device's name, unique in its machine, such as {@code disk0}. */
  String id();

  /**
   * The counters by name, such as {@code read_bytes}, since the machine was made, in a fixed order.
   * Latencies, whose names end in {@code _us}, are in microseconds. Not one moment's picture:
   * counting goes on meanwhile.
   */
  Map<String, Long> counters();
}
