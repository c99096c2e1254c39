/**
 * The ACPI tables of a hardware-reduced machine: what the guest is told about its processors,
 * interrupts and fixed devices.
 */
@NullMarked
package dev.javisor.internal.acpi;

import org.jspecify.annotations.NullMarked;
