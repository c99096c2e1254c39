package dev.javisor.internal.machine;

import dev.javisor.internal.console.ConsolePorts;
import dev.javisor.internal.virtio.ConsoleConfig;
import dev.javisor.internal.virtio.VirtioConsole;
import dev.javisor.internal.virtio.VirtioDevices;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The console ports of a machine. Made before their devices, and closed after them.
 *
 * <p>Threading: any thread, once the devices are made.
 */
final class Consoles implements AutoCloseable {
  private final ConsolePorts modes;
  private final ConsolePort serial;
  private final ConsolePort virtio;
  private volatile @Nullable VirtioConsole device;

  /**
   * Takes what the ports' modes need from the host.
   *
   * @throws IllegalStateException if the host does not give it
   */
  Consoles(MachineSpec spec, MachineListener listener) {
    modes = spec.consoles();
    serial =
        new ConsolePort(
            modes.serial(),
            "serial",
            spec.name(),
            modes.showsSerial() ? listener : null,
            spec.threads());
    try {
      virtio =
          new ConsolePort(
              modes.virtio(),
              "console",
              spec.name(),
              modes.showsVirtio() ? listener : null,
              spec.threads());
    } catch (RuntimeException e) {
      serial.close();
      throw e;
    }
  }

  ConsolePorts modes() {
    return modes;
  }

  ConsolePort serial() {
    return serial;
  }

  ConsolePort virtio() {
    return virtio;
  }

  /** Puts the virtio console on the PCI bus, if there is to be one. */
  void addVirtio(Devices devices, DeviceHost host) {
    if (!modes.hasVirtio()) {
      return;
    }
    VirtioConsole made =
        VirtioDevices.console(
            DeviceIds.CONSOLE, ConsoleConfig.DEFAULT, virtio::print, virtio::inputReady);
    devices.add(VirtioDevices.pci(made, host.memory(), host.workers(), host.interrupts()));
    device = made;
    virtio.connect(made::receive);
  }

  /** Offers input to the machine's console; what is for none is taken and vanishes. */
  int offer(byte[] bytes, int offset, int length) {
    if (modes.showsVirtio()) {
      return virtio.offer(bytes, offset, length);
    }
    return modes.showsSerial() ? serial.offer(bytes, offset, length) : length;
  }

  /** Tells the guest the size of the machine's console, if it is one that can be told. */
  void resize(int columns, int rows) {
    VirtioConsole known = device;
    if (known != null && modes.showsVirtio()) {
      known.resize(columns, rows);
    }
  }

  Optional<Path> serialPath() {
    return serial.path();
  }

  Optional<Path> virtioPath() {
    return virtio.path();
  }

  @Override
  public void close() {
    virtio.close();
    serial.close();
  }
}
