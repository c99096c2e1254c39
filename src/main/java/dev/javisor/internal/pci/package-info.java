/**
 * The PCI bus of the machine: configuration space, BARs, MSI-X, and the host bridge by which the
 * guest reaches them. Knows neither KVM nor the host.
 */
@NullMarked
package dev.javisor.internal.pci;

import org.jspecify.annotations.NullMarked;
