package dev.javisor.internal.pci;

import dev.javisor.internal.bus.Device;
import dev.javisor.internal.bus.DeviceState;

/**
 * A device on the PCI bus. It composes a {@link PciFunction}, and hands the calls of its life on to
 * it: {@link PciFunction#reset}, {@link PciFunction#save}, {@link PciFunction#restore}, {@link
 * PciFunction#close}.
 *
 * @param <S> the device's state record
 */
public interface PciDevice<S extends DeviceState> extends Device<S>, AutoCloseable {
  /** What the guest sees of it; the same one always. */
  PciFunction function();

  /**
   * Gives threads, descriptors and interrupts back; no vCPU runs any more, and on return nothing
   * touches guest memory.
   */
  @Override
  void close();
}
