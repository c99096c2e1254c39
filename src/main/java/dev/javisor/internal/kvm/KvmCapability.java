package dev.javisor.internal.kvm;

/** The capabilities that Javisor cannot do without, by their names in KVM's api.rst. */
enum KvmCapability {
  USER_MEMORY(KvmNumbers.KVM_CAP_USER_MEMORY),
  EXT_CPUID(KvmNumbers.KVM_CAP_EXT_CPUID),
  MP_STATE(KvmNumbers.KVM_CAP_MP_STATE),
  IRQ_ROUTING(KvmNumbers.KVM_CAP_IRQ_ROUTING),
  IRQFD(KvmNumbers.KVM_CAP_IRQFD),
  IOEVENTFD(KvmNumbers.KVM_CAP_IOEVENTFD),
  SET_TSS_ADDR(KvmNumbers.KVM_CAP_SET_TSS_ADDR),
  SET_IDENTITY_MAP_ADDR(KvmNumbers.KVM_CAP_SET_IDENTITY_MAP_ADDR),
  ADJUST_CLOCK(KvmNumbers.KVM_CAP_ADJUST_CLOCK),
  VCPU_EVENTS(KvmNumbers.KVM_CAP_VCPU_EVENTS),
  DEBUGREGS(KvmNumbers.KVM_CAP_DEBUGREGS),
  XSAVE(KvmNumbers.KVM_CAP_XSAVE),
  XCRS(KvmNumbers.KVM_CAP_XCRS),
  TSC_DEADLINE_TIMER(KvmNumbers.KVM_CAP_TSC_DEADLINE_TIMER),
  SIGNAL_MSI(KvmNumbers.KVM_CAP_SIGNAL_MSI),
  SPLIT_IRQCHIP(KvmNumbers.KVM_CAP_SPLIT_IRQCHIP),
  IMMEDIATE_EXIT(KvmNumbers.KVM_CAP_IMMEDIATE_EXIT);

  private final int number;

  KvmCapability(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
