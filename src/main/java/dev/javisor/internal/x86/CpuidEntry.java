package dev.javisor.internal.x86;

/**
 * What the CPUID instruction answers for one leaf.
 *
 * <p>Source: KVM api.rst KVM_SET_CPUID2, struct kvm_cpuid_entry2.
 *
 * @param function the leaf: EAX on entry
 * @param index the sub-leaf: ECX on entry; counts only with {@link #SIGNIFICANT_INDEX}
 * @param flags KVM_CPUID_FLAG_ bits
 * @param eax the answer in EAX
 * @param ebx the answer in EBX
 * @param ecx the answer in ECX
 * @param edx the answer in EDX
 */
public record CpuidEntry(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {
  /** The flag by which the sub-leaf takes part in finding the entry. */
  public static final int SIGNIFICANT_INDEX = 1;
}
