package dev.javisor.internal.pci;

import dev.javisor.internal.bus.SystemControl;

/** Makes the devices of the PCI bus that are no virtio devices. */
public final class PciDevices {
  private PciDevices() {}

  /**
   * A panic device, by which the guest's kernel says that it has panicked.
   *
   * @param system told of it
   */
  public static PciDevice<PvPanicState> pvPanic(String id, SystemControl system) {
    return new PvPanic(id, system);
  }
}
