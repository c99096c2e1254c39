package dev.javisor.internal.boot;

import dev.javisor.internal.sys.Fd;
import java.util.Optional;

/**
 * What a kernel is told.
 *
 * @param cmdline its command line
 * @param initramfs the initial RAM file system, if any; the file stays the caller's
 * @param rsdp the gpa of the ACPI root pointer, or 0 for none
 * @param ecam whether there is PCI configuration space in memory, which the memory map then
 *     reserves
 */
public record BootParameters(String cmdline, Optional<Fd> initramfs, long rsdp, boolean ecam) {}
