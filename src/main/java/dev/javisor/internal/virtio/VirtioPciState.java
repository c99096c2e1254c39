package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.DeviceState;
import dev.javisor.internal.pci.PciFunctionState;

/**
 * The state of a virtio device on the PCI bus.
 *
 * @param version layout version, {@value #VERSION}
 * @param function configuration space and MSI-X
 * @param common virtio's registers and queues
 * @param device what the device's type adds
 * @param <S> the device's state record
 */
public record VirtioPciState<S extends DeviceState>(
    int version, PciFunctionState function, CommonState common, S device) implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;
}
