package dev.javisor.internal.machine;

/**
 * The vCPUs of a machine and how they are told to hang together. The factors' product is the count.
 *
 * @param count the vCPUs, all of them there at boot
 * @param threads threads a core, 1 or 2
 * @param cores cores a die
 * @param dies dies a package
 * @param packages packages
 */
public record CpuSpec(int count, int threads, int cores, int dies, int packages) {}
