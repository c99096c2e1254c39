package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.BusDevice;
import dev.javisor.internal.pci.MsixLayout;
import dev.javisor.internal.pci.PciCapability;
import dev.javisor.internal.pci.PciIdentity;

/**
 * Where a virtio device on the PCI bus has its registers, and the capabilities that tell drivers:
 * virtio 1.3 §4.1.2, §4.1.4. All are in BAR 0; offsets and class codes are Cloud Hypervisor's.
 */
final class PciLayout {
  static final int BAR = 0;
  static final int BAR_SIZE = 0x8_0000;
  static final int COMMON = 0x0000;
  static final int ISR = 0x2000;
  static final int DEVICE = 0x4000;
  static final int DEVICE_SIZE = 0x1000;
  static final int NOTIFY = 0x6000;
  static final int NOTIFY_SIZE = 0x1000;
  static final int NOTIFY_STRIDE = 4;
  static final int MSIX_TABLE = 0x8000;
  static final int MSIX_PENDING = 0x4_8000;

  /** As many as there are doorbells. */
  static final int MAX_QUEUES = NOTIFY_SIZE / NOTIFY_STRIDE;

  /** Offsets of the fields of virtio_pci_cap, and of what follows it. */
  static final int CAP_BAR = 4;

  static final int CAP_OFFSET = 8;
  static final int CAP_LENGTH = 12;
  static final int CAP_SIZE = 16;

  private static final int HEADER = 2;
  private static final int TYPE_COMMON = 1;
  private static final int TYPE_NOTIFY = 2;
  private static final int TYPE_ISR = 3;
  private static final int TYPE_DEVICE = 4;
  private static final int TYPE_PCI = 5;

  private static final int VENDOR = 0x1af4;
  private static final int FIRST_DEVICE = 0x1040;
  private static final int TYPE_NET = 1;
  private static final int TYPE_BLOCK = 2;
  private static final int CLASS_ETHERNET = 0x02_0000;
  private static final int CLASS_STORAGE = 0x01_8000;
  private static final int CLASS_OTHER = 0xff_ff00;

  private PciLayout() {}

  static PciIdentity identity(int type) {
    int classCode =
        switch (type) {
          case TYPE_NET -> CLASS_ETHERNET;
          case TYPE_BLOCK -> CLASS_STORAGE;
          default -> CLASS_OTHER;
        };
    int device = FIRST_DEVICE + type;
    // Revision 1 and a subsystem id of 0x40 or more: firmware looks for both (§4.1.2.1).
    return new PciIdentity(VENDOR, device, 1, classCode, VENDOR, device);
  }

  /**
   * Whether the BAR goes above 4 GiB. A disk's does not: rust-hypervisor-firmware, which boots from
   * it, reaches nothing there.
   */
  static boolean above4Gib(int type) {
    return type != TYPE_BLOCK;
  }

  /** One vector a queue, and one for configuration changes. */
  static MsixLayout msix(int queues) {
    return new MsixLayout(BAR, MSIX_TABLE, MSIX_PENDING, queues + 1);
  }

  static PciCapability common() {
    return structure(TYPE_COMMON, COMMON, CommonConfig.SIZE);
  }

  static PciCapability isr() {
    return structure(TYPE_ISR, ISR, 1);
  }

  static PciCapability device(int size) {
    return structure(TYPE_DEVICE, DEVICE, size);
  }

  static PciCapability notifications() {
    byte[] body = body(CAP_SIZE + 4, TYPE_NOTIFY, NOTIFY, NOTIFY_SIZE);
    put(body, CAP_SIZE, NOTIFY_STRIDE);
    return PciCapability.of(PciCapability.VENDOR_SPECIFIC, body);
  }

  /** The window by which a driver that has not mapped the BAR reaches it: §4.1.4.9. */
  static PciCapability window(BusDevice data) {
    byte[] body = body(CAP_SIZE + 4, TYPE_PCI, 0, 0);
    byte[] writable = new byte[body.length];
    writable[CAP_BAR - HEADER] = (byte) 0xff;
    put(writable, CAP_OFFSET, -1);
    put(writable, CAP_LENGTH, -1);
    return PciCapability.of(PciCapability.VENDOR_SPECIFIC, body)
        .writable(writable)
        .window(CAP_SIZE, 4, data);
  }

  private static PciCapability structure(int type, int offset, int length) {
    return PciCapability.of(PciCapability.VENDOR_SPECIFIC, body(CAP_SIZE, type, offset, length));
  }

  private static byte[] body(int size, int type, int offset, int length) {
    byte[] body = new byte[size - HEADER];
    body[0] = (byte) size;
    body[1] = (byte) type;
    body[CAP_BAR - HEADER] = BAR;
    put(body, CAP_OFFSET, offset);
    put(body, CAP_LENGTH, length);
    return body;
  }

  private static void put(byte[] body, int offset, int value) {
    for (int i = 0; i < 4; i++) {
      body[offset - HEADER + i] = (byte) (value >>> 8 * i);
    }
  }
}
