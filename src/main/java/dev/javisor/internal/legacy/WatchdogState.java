package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of the watchdog.
 *
 * @param version layout version, {@value #VERSION}
 * @param running whether it counts
 * @param countdown what it counts down from, in ticks
 * @param leftNanos what is left of that, in nanoseconds; means nothing while it stands still
 * @param fired whether it has reset the machine, and nobody has acknowledged that
 */
public record WatchdogState(
    int version, boolean running, int countdown, long leftNanos, boolean fired)
    implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
