package dev.javisor.internal.bus;

/**
 * Hears what a guest's driver does with its device.
 *
 * <p>Threading: called on vCPU threads and other threads of the machine, with the device's lock
 * held. Implementations return at once, never throw, and never call the device. A guest can bring
 * the calls about as often as it likes.
 */
public interface DeviceListener {
  /** The driver is ready, and the device at work. */
  void activated(String id);

  /** A device that was at work was reset, by its driver or with the machine. */
  void reset(String id);
}
