package dev.javisor.internal.x86;

/**
 * The register that locates a descriptor table.
 *
 * @param base the table's linear address
 * @param limit its last byte's offset
 */
public record DescriptorTable(long base, int limit) {}
