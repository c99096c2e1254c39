package dev.javisor.internal.boot;

import dev.javisor.internal.bus.AddressRange;

/**
 * A part of an ELF file that is loaded.
 *
 * @param range the gpas it takes
 * @param fileOffset where its bytes start in the file
 * @param fileBytes how many of them the file has; the rest is 0
 */
record ElfSegment(AddressRange range, long fileOffset, long fileBytes) {}
