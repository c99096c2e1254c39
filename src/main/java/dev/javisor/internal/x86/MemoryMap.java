package dev.javisor.internal.x86;

import dev.javisor.internal.bus.AddressRange;
import java.util.ArrayList;
import java.util.List;

/** Where RAM is in the guest physical address space, and what of it the guest is told. */
public final class MemoryMap {
  /** What a range of the memory map is for; the numbers are those of ACPI 6.5 §15, table 15.1. */
  public enum Type {
    /** RAM that the guest may use. */
    RAM(1),
    /** Addresses that the guest must leave alone. */
    RESERVED(2);

    private final int number;

    Type(int number) {
      this.number = number;
    }

    /** The number in e820 and PVH memory maps. */
    public int number() {
      return number;
    }
  }

  /** A range of the memory map and what it is for. */
  public record Entry(AddressRange range, Type type) {}

  private MemoryMap() {}

  /**
   * The ranges that are backed by RAM: up to 3 GiB, the rest from 4 GiB on.
   *
   * @param ramBytes the size of all RAM, at least 1 MiB
   */
  public static List<AddressRange> ramRanges(long ramBytes) {
    if (ramBytes < PlatformLayout.HIGH_RAM) {
      throw new IllegalArgumentException("less than 1 MiB of RAM: 0x%x bytes".formatted(ramBytes));
    }
    long low = Math.min(ramBytes, PlatformLayout.PCI_MMIO_32.base());
    if (low == ramBytes) {
      return List.of(new AddressRange(0, low));
    }
    return List.of(
        new AddressRange(0, low), new AddressRange(PlatformLayout.RAM_64, ramBytes - low));
  }

  /**
   * What the guest is told, as an e820 or PVH memory map. RAM between 640 KiB and 1 MiB is there,
   * but left out: it holds the ACPI and SMBIOS tables.
   *
   * @param ramBytes the size of all RAM, at least 1 MiB
   * @param ecam whether there is a PCI configuration space in memory, to be reserved
   */
  public static List<Entry> of(long ramBytes, boolean ecam) {
    List<Entry> entries = new ArrayList<>();
    entries.add(new Entry(new AddressRange(0, PlatformLayout.EBDA), Type.RAM));
    for (AddressRange ram : ramRanges(ramBytes)) {
      long start = Math.max(ram.base(), PlatformLayout.HIGH_RAM);
      long end = ram.base() + ram.size();
      if (end > start) {
        entries.add(new Entry(new AddressRange(start, end - start), Type.RAM));
      }
    }
    if (ecam) {
      entries.add(new Entry(PlatformLayout.ECAM, Type.RESERVED));
    }
    return List.copyOf(entries);
  }
}
