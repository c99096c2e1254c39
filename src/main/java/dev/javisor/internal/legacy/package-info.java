/**
 * The platform's small devices: serial port, real-time clock, keyboard-controller reset, ACPI
 * registers, debug ports. They know a bus, an interrupt line and what is passed in, never KVM;
 * {@link dev.javisor.internal.legacy.LegacyDevices} makes them.
 */
@NullMarked
package dev.javisor.internal.legacy;

import org.jspecify.annotations.NullMarked;
