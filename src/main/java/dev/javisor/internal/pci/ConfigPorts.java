package dev.javisor.internal.pci;

import dev.javisor.internal.bus.BusDevice;

/**
 * The two 32-bit ports by which a PC reaches configuration space: address at 0xCF8, data at 0xCFC.
 *
 * <p>Accesses to the address port other than of 4 bytes are none of its business: a PC has other
 * registers there, and Linux makes sure of it before it trusts the port.
 *
 * <p>Source: PCI 3.0 §3.2.2.3.2.
 *
 * <p>Threading: any vCPU thread. Guests guard the pair of ports by a lock of their own.
 */
final class ConfigPorts implements BusDevice {
  private static final int DATA = 4;
  private static final int ENABLE = 1 << 31;
  private static final int ADDRESS_BITS = ENABLE | 0xff_fffc;

  private final PciBus bus;
  private volatile int address;

  ConfigPorts(PciBus bus) {
    this.bus = bus;
  }

  int address() {
    return address;
  }

  void address(int value) {
    address = value & ADDRESS_BITS;
  }

  @Override
  public long read(long offset, int size) {
    if (offset < DATA) {
      return offset == 0 && size == 4 ? address & 0xffff_ffffL : -1;
    }
    int selected = address;
    if (selected >= 0 || offset + size > 2 * DATA) {
      return -1;
    }
    return bus.readConfig(selected >>> 8 & 0xffff, register(selected, offset), size);
  }

  @Override
  public void write(long offset, int size, long value) {
    if (offset < DATA) {
      if (offset == 0 && size == 4) {
        address((int) value);
      }
      return;
    }
    int selected = address;
    if (selected < 0 && offset + size <= 2 * DATA) {
      bus.writeConfig(selected >>> 8 & 0xffff, register(selected, offset), size, value);
    }
  }

  private static int register(int selected, long offset) {
    return (selected & 0xfc) + (int) offset - DATA;
  }
}
