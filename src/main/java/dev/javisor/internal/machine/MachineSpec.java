package dev.javisor.internal.machine;

import dev.javisor.internal.console.ConsolePorts;
import dev.javisor.internal.memory.RamSpec;
import java.util.List;
import java.util.Optional;

/**
 * Everything a machine is made from. Values are checked; files may have changed since.
 *
 * @param name for threads and logs
 * @param payload what it starts
 * @param cpus its vCPUs
 * @param ram its memory
 * @param consoles what its console ports are connected to
 * @param board what its board has
 * @param pciDevices the further devices of its PCI bus, by slot from 1 on
 * @param threads makes its threads
 * @param queueLoop serves its devices' queues, with those of other machines; if empty, each queue
 *     has a thread of its own, which is faster
 */
public record MachineSpec(
    String name,
    Payload payload,
    CpuSpec cpus,
    RamSpec ram,
    ConsolePorts consoles,
    BoardSpec board,
    List<PciDeviceFactory> pciDevices,
    MachineThreads threads,
    Optional<QueueLoop> queueLoop) {
  public MachineSpec {
    pciDevices = List.copyOf(pciDevices);
  }

  /** A machine with an ordinary board. */
  public MachineSpec(
      String name,
      Payload payload,
      CpuSpec cpus,
      RamSpec ram,
      ConsolePorts consoles,
      List<PciDeviceFactory> pciDevices,
      MachineThreads threads,
      Optional<QueueLoop> queueLoop) {
    this(name, payload, cpus, ram, consoles, BoardSpec.DEFAULT, pciDevices, threads, queueLoop);
  }

  /** A machine whose console is its serial port, and whose queues have threads of their own. */
  public MachineSpec(
      String name,
      Payload payload,
      CpuSpec cpus,
      RamSpec ram,
      List<PciDeviceFactory> pciDevices,
      MachineThreads threads) {
    this(name, payload, cpus, ram, ConsolePorts.DEFAULT, pciDevices, threads, Optional.empty());
  }
}
