package dev.javisor.internal.net.user;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was dropped, and why. Threading: the network's; others see numbers that may be late. */
final class Counters {
  /** Frames and packets that are no proper ones. */
  long malformed;

  /** Packets from an address that is not a guest's here. */
  long spoofed;

  /** Fragments. */
  long fragments;

  /** Packets to addresses that nobody can be reached at. */
  long unreachable;

  /** Flows that the policy does not allow. */
  long refused;

  /** What had no room: frames, flows, queries. */
  long overflowed;

  /** All of them. */
  Map<String, Long> byName() {
    Map<String, Long> all = new LinkedHashMap<>();
    all.put("user_malformed", malformed);
    all.put("user_spoofed", spoofed);
    all.put("user_fragments", fragments);
    all.put("user_unreachable", unreachable);
    all.put("user_refused", refused);
    all.put("user_overflowed", overflowed);
    return all;
  }

  @Override
  public String toString() {
    return "malformed %d, spoofed %d, fragments %d, unreachable %d, refused %d, overflowed %d"
        .formatted(malformed, spoofed, fragments, unreachable, refused, overflowed);
  }
}
