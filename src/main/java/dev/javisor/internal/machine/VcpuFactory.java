package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.KvmVcpu;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.kvm.Msr;
import dev.javisor.internal.kvm.Register;
import dev.javisor.internal.kvm.SegmentName;
import dev.javisor.internal.kvm.SpecialRegisters;
import dev.javisor.internal.x86.BootRegisters;
import dev.javisor.internal.x86.CpuTopology;
import dev.javisor.internal.x86.CpuidEntry;
import dev.javisor.internal.x86.CpuidPolicy;
import dev.javisor.internal.x86.CpuidSettings;
import dev.javisor.internal.x86.InitialFpu;
import dev.javisor.internal.x86.InitialMsrs;
import dev.javisor.internal.x86.LapicPage;
import java.util.ArrayList;
import java.util.List;

/** Makes the vCPUs of a machine, in the state in which the guest finds them. */
final class VcpuFactory {
  /** Shown where KVM does not tell the host processor's name. */
  private static final String BRAND = "Javisor vCPU";

  private final List<CpuidEntry> supported;
  private final CpuTopology topology;
  private final int physicalBits;

  /**
   * @param supported what CPUID leaves KVM can give a guest
   */
  VcpuFactory(List<CpuidEntry> supported, CpuSpec spec) {
    this.supported = supported;
    topology = new CpuTopology(spec.threads(), spec.cores(), spec.dies(), spec.packages());
    physicalBits = CpuidPolicy.physicalBits(supported);
  }

  /** The width of guest physical addresses. */
  int physicalBits() {
    return physicalBits;
  }

  /** The APIC ids, by the vCPUs' numbers. */
  List<Integer> apicIds() {
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < topology.count(); i++) {
      ids.add(topology.apicId(i));
    }
    return ids;
  }

  /** Whether an APIC id needs more than 8 bits, and with it messages with more of them. */
  boolean needsX2Apic() {
    return topology.needsX2Apic();
  }

  /**
   * Makes all vCPUs; the first still lacks {@link #boot}.
   *
   * @param made takes each as soon as it is there, so that the caller can free it
   */
  void makeAll(KvmVm vm, List<KvmVcpu> made) {
    createAll(vm, made);
    for (int i = 0; i < topology.count(); i++) {
      initialize(made.get(i), i);
    }
  }

  /**
   * Makes all vCPUs, for states to be restored.
   *
   * @param made as {@link #makeAll} has it
   */
  void createAll(KvmVm vm, List<KvmVcpu> made) {
    for (int i = 0; i < topology.count(); i++) {
      made.add(vm.createVcpu(topology.apicId(i)));
    }
  }

  private void initialize(KvmVcpu vcpu, int number) {
    CpuidSettings settings =
        new CpuidSettings(topology, physicalBits, vcpu.tscKhz(), needsX2Apic(), BRAND);
    vcpu.setCpuid(CpuidPolicy.apply(supported, settings, number));
    List<Msr> msrs = new ArrayList<>();
    InitialMsrs.values().forEach((index, value) -> msrs.add(new Msr(index, value)));
    vcpu.setMsrs(msrs);
    vcpu.setFpu(InitialFpu.CONTROL_WORD, InitialFpu.MXCSR);
    if (needsX2Apic()) {
      vcpu.setSpecialRegisters(vcpu.specialRegisters().enableX2Apic());
    }
    vcpu.setLapic(LapicPage.withPins(vcpu.lapic()));
  }

  /** Gives the boot processor the registers that it starts with. */
  static void boot(KvmVcpu vcpu, BootRegisters boot) {
    SpecialRegisters special = vcpu.specialRegisters();
    special.segment(SegmentName.CS, boot.code());
    for (SegmentName name :
        List.of(SegmentName.DS, SegmentName.ES, SegmentName.FS, SegmentName.GS, SegmentName.SS)) {
      special.segment(name, boot.data());
    }
    special.segment(SegmentName.TR, boot.task());
    special.gdt(boot.gdt().base(), boot.gdt().limit());
    special.idt(boot.idt().base(), boot.idt().limit());
    special.control(boot.cr0(), 0, 0, 0);
    vcpu.setSpecialRegisters(special);
    long[] registers = new long[Register.values().length];
    registers[Register.RIP.ordinal()] = boot.rip();
    registers[Register.RSP.ordinal()] = boot.rsp();
    registers[Register.RBX.ordinal()] = boot.rbx();
    registers[Register.RSI.ordinal()] = boot.rsi();
    registers[Register.RFLAGS.ordinal()] = boot.rflags();
    vcpu.setRegisters(registers);
  }
}
