package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.DeviceState;
import java.util.List;

/**
 * The state of an I/O APIC.
 *
 * @param version layout version, {@value #VERSION}
 * @param apicId bits 27:24 of the id register, 0 to 15
 * @param selected the register selected by IOREGSEL, 0 to 255
 * @param redirections the redirection table, one 64-bit entry a pin
 * @param levels pins whose level is high, bit n for pin n
 * @param pulses pins that got an edge while one of their interrupts was being served
 */
public record IoApicState(
    int version, int apicId, int selected, List<Long> redirections, int levels, int pulses)
    implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;

  public IoApicState {
    redirections = List.copyOf(redirections);
  }
}
