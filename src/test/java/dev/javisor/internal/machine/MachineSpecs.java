package dev.javisor.internal.machine;

import dev.javisor.internal.console.ConsolePorts;
import java.util.List;
import java.util.Optional;

/** Specifications of machines that differ in one thing from others. */
public final class MachineSpecs {
  private MachineSpecs() {}

  /** The same with these devices. */
  public static MachineSpec withDevices(MachineSpec spec, PciDeviceFactory... devices) {
    return of(spec, spec.consoles(), spec.board(), List.of(devices), spec.queueLoop());
  }

  static MachineSpec withConsoles(MachineSpec spec, ConsolePorts consoles) {
    return of(spec, consoles, spec.board(), spec.pciDevices(), spec.queueLoop());
  }

  static MachineSpec withBoard(MachineSpec spec, BoardSpec board) {
    return of(spec, spec.consoles(), board, spec.pciDevices(), spec.queueLoop());
  }

  static MachineSpec withLoop(MachineSpec spec, Optional<QueueLoop> loop) {
    return of(spec, spec.consoles(), spec.board(), spec.pciDevices(), loop);
  }

  private static MachineSpec of(
      MachineSpec spec,
      ConsolePorts consoles,
      BoardSpec board,
      List<PciDeviceFactory> devices,
      Optional<QueueLoop> loop) {
    return new MachineSpec(
        spec.name(),
        spec.payload(),
        spec.cpus(),
        spec.ram(),
        consoles,
        board,
        devices,
        spec.threads(),
        loop);
  }
}
