package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.DeviceState;
import dev.javisor.internal.bus.MsiLines;
import dev.javisor.internal.bus.QueueWorkers;
import dev.javisor.internal.bus.Scheduler;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.pci.PciDevice;

/** Makes virtio devices, and what they are reached by. */
public final class VirtioDevices {
  private VirtioDevices() {}

  /**
   * Puts a device on the PCI bus.
   *
   * @param device belongs to the result from here on, which closes it
   * @param workers where its queues get their threads from
   * @param interrupts one vector a queue, and one more, are taken from here
   * @throws IllegalArgumentException if it has no queue, or more than 1024
   * @throws IllegalStateException if the machine has no more interrupts
   */
  public static <S extends DeviceState> PciDevice<VirtioPciState<S>> pci(
      VirtioDevice<S> device, GuestMemory memory, QueueWorkers workers, MsiLines interrupts) {
    return new VirtioPci<>(device, memory, workers, interrupts, DeviceCore.RESET_WAIT_NANOS);
  }

  /**
   * An entropy device.
   *
   * @param source belongs to the device, which closes it
   * @param scheduler wakes it while the source has no bytes
   */
  public static VirtioDevice<EntropyState> entropy(
      String id, EntropySource source, Scheduler scheduler) {
    return new EntropyDevice(id, source, scheduler);
  }

  /**
   * A console with one port.
   *
   * @param sink takes what the guest prints
   * @param roomListener told when {@link VirtioConsole#receive} took less than it was given and at
   *     least half of the room is free again; called on the device's worker or under its
   *     transport's lock: must return at once, and take no lock that is held while {@code receive}
   *     is called
   */
  public static VirtioConsole console(
      String id, ConsoleConfig config, ConsoleSink sink, Runnable roomListener) {
    return new ConsoleDevice(id, config, sink, roomListener);
  }
}
