package dev.javisor.internal.legacy;

/**
 * Takes what a guest prints, byte by byte.
 *
 * <p>Threading: called on vCPU threads, one at a time for each device, with the device's lock held.
 * Never blocks, never throws, and never calls the device.
 */
@FunctionalInterface
public interface ByteSink {
  /** Takes the next byte. */
  void write(byte value);
}
