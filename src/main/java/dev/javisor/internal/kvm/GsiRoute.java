package dev.javisor.internal.kvm;

/**
 * Where an interrupt of the machine's routing table goes: a message to a local APIC.
 *
 * <p>Source: KVM api.rst KVM_SET_GSI_ROUTING, struct kvm_irq_routing_msi.
 *
 * @param gsi the index in the table
 * @param msiAddress the message's address
 * @param msiData the message's data
 */
public record GsiRoute(int gsi, long msiAddress, int msiData) {}
