package dev.javisor.internal.pci;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.bus.Bus;
import java.util.ArrayList;
import java.util.List;

/** A guest's way to a PCI bus: through ports and memory, as on a machine. */
public final class PciDriver {
  /** Where the 32-bit window begins. */
  public static final long WINDOW_32 = 0xc000_0000L;

  /** Where the 64-bit window begins. */
  public static final long WINDOW_64 = 0x1_0000_0000L;

  /** Bytes of each window. */
  public static final long WINDOW_SIZE = 256L << 20;

  static final int COMMAND = 4;
  static final int BAR0 = 0x10;

  private static final AddressRange ECAM = new AddressRange(0xe800_0000L, 1 << 20);
  private static final long PORTS = 0xcf8;

  private final Bus pio = new Bus();
  private final Bus mmio = new Bus();
  private final PciBus bus;

  public PciDriver() {
    AddressRange window32 = new AddressRange(WINDOW_32, WINDOW_SIZE);
    AddressRange window64 = new AddressRange(WINDOW_64, WINDOW_SIZE);
    bus = new PciBus(window32, window64);
    pio.add(new AddressRange(PORTS, 8), bus.configPorts());
    mmio.add(ECAM, bus.ecam());
    mmio.add(window32, bus.memory32());
    mmio.add(window64, bus.memory64());
  }

  public PciBus bus() {
    return bus;
  }

  public long read(int slot, int offset, int size) {
    return mmio.read(ECAM.base() + (slot << 15) + offset, size) & mask(size);
  }

  public void write(int slot, int offset, int size, long value) {
    mmio.write(ECAM.base() + (slot << 15) + offset, size, value & mask(size));
  }

  public long in(long port, int size) {
    return pio.read(port, size) & mask(size);
  }

  public void out(long port, int size, long value) {
    pio.write(port, size, value & mask(size));
  }

  public long load(long gpa, int size) {
    return mmio.read(gpa, size) & mask(size);
  }

  public void store(long gpa, int size, long value) {
    mmio.write(gpa, size, value & mask(size));
  }

  /** Where a 64-bit BAR is. */
  public long bar64(int slot, int index) {
    int at = BAR0 + 4 * index;
    return read(slot, at, 4) & -16 | read(slot, at + 4, 4) << 32;
  }

  public void moveBar64(int slot, int index, long gpa) {
    int at = BAR0 + 4 * index;
    write(slot, at, 4, gpa);
    write(slot, at + 4, 4, gpa >>> 32);
  }

  public void decode(int slot, boolean on) {
    write(slot, COMMAND, 2, on ? 2 : 0);
  }

  /** The offsets of the capabilities with this id, in their order. */
  public List<Integer> capabilities(int slot, int id) {
    List<Integer> found = new ArrayList<>();
    if ((read(slot, 6, 2) & 0x10) != 0) {
      int at = (int) read(slot, 0x34, 1);
      while (at != 0) {
        if (read(slot, at, 1) == id) {
          found.add(at);
        }
        at = (int) read(slot, at + 1, 1);
      }
    }
    return found;
  }

  static long mask(int size) {
    return -1L >>> 64 - 8 * size;
  }
}
