package dev.javisor.internal.legacy;

/**
 * A code that the guest wrote to the debug port.
 *
 * @param code the code, 0 to 255; Linux and Cloud Hypervisor's firmware tell their progress by
 *     0x00-0x1f (firmware), 0x20-0x3f (boot loader), 0x40-0x5f (kernel), 0x60-0x7f (user space)
 * @param nanoTime when it came, by the clock that the port was made with
 */
public record DebugCode(int code, long nanoTime) {}
