package dev.javisor.internal.pci;

/**
 * Who a function says it is: the read-only registers by which drivers find it.
 *
 * <p>Source: PCI 3.0 §6.2.1, §6.2.4.
 *
 * @param vendor 16 bits
 * @param device 16 bits
 * @param revision 8 bits
 * @param classCode base class, subclass and interface, 24 bits: 0x018000 is mass storage of another
 *     kind
 * @param subsystemVendor 16 bits
 * @param subsystem 16 bits
 */
public record PciIdentity(
    int vendor, int device, int revision, int classCode, int subsystemVendor, int subsystem) {
  public PciIdentity {
    PciCheck.bits("vendor", vendor, 0xffff);
    PciCheck.bits("device", device, 0xffff);
    PciCheck.bits("revision", revision, 0xff);
    PciCheck.bits("classCode", classCode, 0xff_ffff);
    PciCheck.bits("subsystemVendor", subsystemVendor, 0xffff);
    PciCheck.bits("subsystem", subsystem, 0xffff);
  }
}
