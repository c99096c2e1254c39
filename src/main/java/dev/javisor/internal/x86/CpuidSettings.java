package dev.javisor.internal.x86;

/**
 * What a guest is told about its processors beyond what KVM supports.
 *
 * @param topology how the vCPUs hang together
 * @param physicalBits the width of guest physical addresses; see {@link CpuidPolicy#physicalBits}
 * @param tscKhz the time-stamp counter's frequency in kHz, or 0 if it is not known
 * @param extendedDestinationIds whether device interrupts can reach APIC ids above 254: only with
 *     the split irqchip, for MSI routes that carry the upper bits
 * @param brand the processor's name, used where KVM tells none; empty for no name
 */
public record CpuidSettings(
    CpuTopology topology,
    int physicalBits,
    long tscKhz,
    boolean extendedDestinationIds,
    String brand) {}
