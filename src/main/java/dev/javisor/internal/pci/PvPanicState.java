package dev.javisor.internal.pci;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of a panic device.
 *
 * @param version layout version, {@value #VERSION}
 * @param function what the guest sees of it on the bus
 */
public record PvPanicState(int version, PciFunctionState function) implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
