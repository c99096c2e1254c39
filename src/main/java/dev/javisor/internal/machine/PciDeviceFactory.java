package dev.javisor.internal.machine;

import dev.javisor.internal.pci.PciDevice;

/** Makes a device of a machine's PCI bus while the machine boots, once. */
@FunctionalInterface
public interface PciDeviceFactory {
  /**
   * Makes the device; it is at work at once, and belongs to the machine from here on.
   *
   * @param host what it is connected to
   * @throws IllegalStateException or {@link dev.javisor.internal.sys.NativeException} if the host
   *     does not give what it needs; nothing is left behind then
   */
  PciDevice<?> create(DeviceHost host);
}
