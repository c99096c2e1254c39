package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.kvm.KvmVcpu;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.memory.GuestMemory;
import dev.javisor.internal.x86.BootRegisters;
import java.util.List;

/** Lets tests of other packages look into a machine. */
public final class MachineInternals {
  private MachineInternals() {}

  /** The RAM of a machine that has booted. */
  public static GuestMemory memory(Machine machine) {
    return hardware(machine).memory();
  }

  /** Makes vCPUs as a machine does, the first one about to boot. */
  public static void makeVcpus(
      Kvm kvm, KvmVm vm, int count, BootRegisters registers, List<KvmVcpu> made) {
    new VcpuFactory(kvm.supportedCpuid(), new CpuSpec(count, 1, count, 1, 1)).makeAll(vm, made);
    VcpuFactory.boot(made.get(0), registers);
  }

  private static Hardware hardware(Machine machine) {
    Hardware hardware = ((KvmMachine) machine).hardware();
    if (hardware == null) {
      throw new AssertionError("the machine has not booted");
    }
    return hardware;
  }
}
