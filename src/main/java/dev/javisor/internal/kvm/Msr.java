package dev.javisor.internal.kvm;

/**
 * A model-specific register and its value.
 *
 * @param index the register's number
 * @param value its content
 */
public record Msr(int index, long value) {}
