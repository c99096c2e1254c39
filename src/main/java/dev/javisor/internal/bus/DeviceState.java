package dev.javisor.internal.bus;

/**
 * Everything of a device that the guest could tell apart, as an immutable value. Implementations
 * are records; what is host-side (files, threads, consumers) is not part of it.
 */
public interface DeviceState {
  /**
   * The version of this state's layout, from 1; it grows when the meaning of a component changes.
   */
  int version();
}
