package dev.javisor.internal.machine;

import dev.javisor.internal.bus.AddressRange;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.memory.GuestRam;

/**
 * What of a machine depends on its processors and its RAM, as its devices see it.
 *
 * @param genericEvents the status byte of the generic event device
 * @param pciWindow64 where BARs of 64 bits go
 * @param ramBelow4Gib RAM below the hole, in bytes
 * @param ramAbove4Gib RAM from 4 GiB on, in bytes
 * @param extendedDestinationIds whether messages carry 15 bits of a destination
 */
record MachineLayout(
    AddressRange genericEvents,
    AddressRange pciWindow64,
    long ramBelow4Gib,
    long ramAbove4Gib,
    boolean extendedDestinationIds) {
  /** The top of the address space that no device gets: processors may keep it for themselves. */
  private static final long TOP_RESERVED = 64L << 10;

  /** Room for the registers that ACPI tables describe, at the top of what devices get. */
  private static final long ACPI_REGISTERS = 1L << 20;

  /** Where the 64-bit window begins is a multiple of this: some gigabytes of RAM change nothing. */
  private static final long WINDOW_ALIGNMENT = 4L << 30;

  static MachineLayout of(VcpuFactory vcpus, GuestMemory memory) {
    long registers = (1L << vcpus.physicalBits()) - TOP_RESERVED - ACPI_REGISTERS;
    long above = 0;
    for (AddressRange range : memory.ranges()) {
      above += range.base() >= GuestRam.ABOVE_HOLE ? range.size() : 0;
    }
    long end = GuestRam.ABOVE_HOLE + above;
    long window = (end + WINDOW_ALIGNMENT - 1) & -WINDOW_ALIGNMENT;
    if (window >= registers) {
      throw new IllegalStateException(
          "%d MiB of RAM leave no room for devices in %d bits of guest physical addresses"
              .formatted(memory.size() >> 20, vcpus.physicalBits()));
    }
    return new MachineLayout(
        new AddressRange(registers, 1),
        new AddressRange(window, registers - window),
        memory.size() - above,
        above,
        vcpus.needsX2Apic());
  }
}
