package dev.javisor.internal.legacy;

/**
 * What an I/O APIC is made with.
 *
 * @param extendedDestinationIds whether destinations have 15 bits (the guest is told by
 *     KVM_FEATURE_MSI_EXT_DEST_ID) rather than 8
 */
public record IoApicConfig(boolean extendedDestinationIds) {}
