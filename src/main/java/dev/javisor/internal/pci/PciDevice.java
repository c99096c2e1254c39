package dev.javisor.internal.pci;

import dev.javisor.internal.bus.Device;
import dev.javisor.internal.bus.DeviceCounters;
import dev.javisor.internal.bus.DeviceListener;
import dev.javisor.internal.bus.DeviceState;
import org.jspecify.annotations.Nullable;

/**
 * A device on the PCI bus. It composes a {@link PciFunction}, and hands the calls of its life on to
 * it: {@link PciFunction#reset}, {@link PciFunction#save}, {@link PciFunction#restore}, {@link
 * PciFunction#close}.
 *
 * @param <S> the device's state record
 */
public interface PciDevice<S extends DeviceState> extends Device<S>, AutoCloseable {
  /** What the guest sees of it; the same one always. */
  PciFunction function();

  /** Tells somebody what the driver does with the device, if the device knows. Called once. */
  default void listen(DeviceListener listener) {}

  /** What it counts, if it does; readable after {@link #close}, too. */
  default @Nullable DeviceCounters counters() {
    return null;
  }

  /**
   * Has {@link #close} make durable what the guest has written: it has ended by itself, and its
   * disks shall be as it left them, whatever becomes of the host.
   */
  default void keepWrites() {}

  /**
   * Gives threads, descriptors and interrupts back; no vCPU runs any more, and on return nothing
   * touches guest memory.
   */
  @Override
  void close();
}
