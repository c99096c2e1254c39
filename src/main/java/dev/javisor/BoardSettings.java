package dev.javisor;

import dev.javisor.internal.config.Problem;
import dev.javisor.internal.machine.BoardSpec;
import dev.javisor.internal.machine.DeviceIds;
import dev.javisor.internal.machine.EntropyDevices;
import dev.javisor.internal.machine.PciDeviceFactory;
import dev.javisor.internal.pci.PciDevices;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the builder was told of the board, and of devices that a machine has once at most. */
final class BoardSettings {
  private final PlatformSettings platform = new PlatformSettings();
  private @Nullable Path rng;
  private boolean pvpanic;
  private boolean watchdog;

  PlatformSettings platform() {
    return platform;
  }

  /** The modules by which Linux drives what was asked for. */
  List<String> drivers() {
    List<String> drivers = new ArrayList<>();
    if (rng != null) {
      drivers.add("virtio_rng");
    }
    if (pvpanic) {
      drivers.add("pvpanic_pci");
    }
    if (watchdog) {
      drivers.add("wdat_wdt");
    }
    return drivers;
  }

  void rng(Path source) {
    rng = source;
  }

  void pvpanic() {
    pvpanic = true;
  }

  void watchdog() {
    watchdog = true;
  }

  /** Makes out the board. */
  BoardSpec resolve(List<Problem> problems) {
    return new BoardSpec(platform.resolve(problems), watchdog);
  }

  /** Takes its devices' names. */
  void claim(DeviceIds ids, List<Problem> problems) {
    if (rng != null) {
      ids.claim("rng", DeviceIds.ENTROPY, problems);
    }
    if (pvpanic) {
      ids.claim("pvpanic", DeviceIds.PANIC, problems);
    }
  }

  /** Makes out the devices of the PCI bus. */
  List<PciDeviceFactory> devices(List<Problem> problems) {
    List<PciDeviceFactory> devices = new ArrayList<>();
    Path source = rng;
    if (source != null) {
      EntropyDevices.check(source).ifPresent(problems::add);
      devices.add(EntropyDevices.from(source));
    }
    if (pvpanic) {
      devices.add(host -> PciDevices.pvPanic(DeviceIds.PANIC, host.system()));
    }
    return devices;
  }
}
