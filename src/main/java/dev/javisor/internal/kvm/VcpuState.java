package dev.javisor.internal.kvm;

import java.util.List;

/**
 * Everything of a vCPU that its guest could tell apart, as KVM's structures.
 *
 * @param version the layout of this record, {@value #VERSION}
 * @param cpuid struct kvm_cpuid2 with its entries
 * @param mpState struct kvm_mp_state
 * @param regs struct kvm_regs
 * @param sregs struct kvm_sregs
 * @param xsave struct kvm_xsave, of the size that KVM_CAP_XSAVE2 tells
 * @param xcrs struct kvm_xcrs
 * @param debugRegs struct kvm_debugregs
 * @param lapic struct kvm_lapic_state
 * @param events struct kvm_vcpu_events
 * @param msrs the model-specific registers
 * @param tscKhz the frequency of the time-stamp counter in kHz
 */
public record VcpuState(
    int version,
    Blob cpuid,
    Blob mpState,
    Blob regs,
    Blob sregs,
    Blob xsave,
    Blob xcrs,
    Blob debugRegs,
    Blob lapic,
    Blob events,
    List<Msr> msrs,
    long tscKhz) {
  private static final int IN_SERVICE = 0x100;

  private static final int REQUESTED = 0x200;

  private static final int REGISTER_STRIDE = 0x10;

  /** The layout that this build writes and reads. */
  public static final int VERSION = 1;

  public VcpuState {
    msrs = List.copyOf(msrs);
  }

  /**
   * Whether the local APIC has an interrupt with this vector pending or in service: Intel SDM
   * volume 3 §11.8.4.
   *
   * @param vector 0 to 255
   */
  public boolean holdsInterrupt(int vector) {
    byte[] page = lapic.bytes();
    int at = vector / Integer.SIZE * REGISTER_STRIDE + vector % Integer.SIZE / Byte.SIZE;
    return ((page[IN_SERVICE + at] | page[REQUESTED + at]) >>> vector % Byte.SIZE & 1) != 0;
  }
}
