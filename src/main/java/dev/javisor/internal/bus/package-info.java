/**
 * What devices are made of and reached by: the buses, the device interfaces, interrupt lines. Knows
 * neither KVM nor the host.
 */
@NullMarked
package dev.javisor.internal.bus;

import org.jspecify.annotations.NullMarked;
