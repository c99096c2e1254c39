package dev.javisor.internal.pci;

import dev.javisor.internal.bus.DeviceState;

/**
 * The state of the host bridge.
 *
 * @param version layout version, {@value #VERSION}
 * @param address what the guest wrote to port 0xCF8
 * @param bridge the bridge's own function
 */
public record PciBusState(int version, int address, PciFunctionState bridge)
    implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
