package dev.javisor.internal.machine;

import dev.javisor.internal.bus.AddressRange;

/**
 * Where a machine's registers are that depend on its width of physical addresses.
 *
 * @param genericEvents the status byte of the generic event device
 */
record MachineLayout(AddressRange genericEvents) {
  /** The top of the address space that no device gets: processors may keep it for themselves. */
  private static final long TOP_RESERVED = 64L << 10;

  /** Room for the registers that ACPI tables describe, at the top of what devices get. */
  private static final long ACPI_REGISTERS = 1L << 20;

  /** The layout for this many bits of guest physical addresses. */
  static MachineLayout of(int physicalBits) {
    long registers = (1L << physicalBits) - TOP_RESERVED - ACPI_REGISTERS;
    return new MachineLayout(new AddressRange(registers, 1));
  }
}
