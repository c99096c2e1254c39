package dev.javisor.internal.net.user;

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

  @Override
  public String toString() {
    return "malformed %d, spoofed %d, fragments %d, unreachable %d, refused %d, overflowed %d"
        .formatted(malformed, spoofed, fragments, unreachable, refused, overflowed);
  }
}
