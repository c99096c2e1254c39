package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;
import java.util.List;

/**
 * The state of CMOS RAM and real-time clock.
 *
 * @param version layout version, {@value #VERSION}
 * @param index the register selected, with the NMI mask in bit 7
 * @param registers 128 bytes, 0 to 255 each: RAM, alarm, registers A and B; the time where it is
 *     held, else 0 there; 0 for C and D
 * @param flags register C without its bit 7
 * @param offsetSeconds whole seconds by which the clock is ahead of the host's
 * @param offsetNanos the rest, 0 to 999999999
 * @param lookedAtSecond up to when alarms and the like were looked for, in the clock's own time,
 *     seconds since 1970
 * @param lookedAtNanos the rest, 0 to 999999999
 */
public record CmosState(
    int version,
    int index,
    List<Integer> registers,
    int flags,
    long offsetSeconds,
    int offsetNanos,
    long lookedAtSecond,
    int lookedAtNanos)
    implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;

  public CmosState {
    registers = List.copyOf(registers);
  }
}
