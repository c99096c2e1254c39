package dev.javisor.internal.memory;

/**
 * How guest RAM is backed.
 *
 * @param bytes the size, a multiple of the page size
 * @param shared whether other processes can map it: a memfd instead of private memory
 * @param hugePages whether it comes from the host's reserved huge pages (2 MiB)
 * @param transparentHugePages whether the host may back it with huge pages by itself
 * @param prefault whether all pages are populated before the guest runs
 */
public record RamSpec(
    long bytes,
    boolean shared,
    boolean hugePages,
    boolean transparentHugePages,
    boolean prefault) {}
