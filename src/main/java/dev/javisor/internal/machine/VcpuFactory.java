package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.kvm.KvmVcpu;
import dev.javisor.internal.kvm.KvmVm;
import dev.javisor.internal.kvm.Register;
import dev.javisor.internal.kvm.SegmentName;
import dev.javisor.internal.kvm.SpecialRegisters;
import dev.javisor.internal.x86.BootRegisters;
import dev.javisor.internal.x86.CpuidEntry;
import java.util.ArrayList;
import java.util.List;

/** Makes the vCPUs of a machine, in the state in which the guest finds them. */
final class VcpuFactory {
  private final List<CpuidEntry> supported;
  private final CpuSpec spec;

  VcpuFactory(Kvm kvm, CpuSpec spec) {
    this.supported = kvm.supportedCpuid();
    this.spec = spec;
  }

  int physicalBits() {
    return KvmHost.physicalAddressBits(supported);
  }

  /** The APIC ids, by the vCPUs' numbers. */
  List<Integer> apicIds() {
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < spec.count(); i++) {
      ids.add(i);
    }
    return ids;
  }

  /** Whether an APIC id needs more than 8 bits. */
  boolean needsX2ApicIds() {
    List<Integer> ids = apicIds();
    return ids.get(ids.size() - 1) > 254;
  }

  /**
   * Makes all vCPUs.
   *
   * @param made takes each as soon as it is there, so that the caller can free it
   */
  void makeAll(KvmVm vm, BootRegisters registers, List<KvmVcpu> made) {
    List<Integer> ids = apicIds();
    for (int i = 0; i < ids.size(); i++) {
      KvmVcpu vcpu = vm.createVcpu(ids.get(i));
      made.add(vcpu);
      vcpu.setCpuid(cpuid(ids.get(i)));
      vcpu.setFpu(0x37f, 0x1f80);
      if (i == 0) {
        boot(vcpu, registers);
      }
    }
  }

  private List<CpuidEntry> cpuid(int apicId) {
    List<CpuidEntry> entries = new ArrayList<>();
    for (CpuidEntry e : supported) {
      entries.add(
          e.function() == 1
              ? new CpuidEntry(
                  1,
                  e.index(),
                  e.flags(),
                  e.eax(),
                  (e.ebx() & 0xff_ffff) | apicId << 24,
                  e.ecx() | 1 << 31 | 1 << 24,
                  e.edx())
              : e);
    }
    return entries;
  }

  private static void boot(KvmVcpu vcpu, BootRegisters boot) {
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
