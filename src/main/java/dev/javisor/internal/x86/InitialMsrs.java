package dev.javisor.internal.x86;

import com.google.common.collect.ImmutableMap;

/**
 * The model-specific registers that every vCPU starts with; KVM has to take all of them.
 *
 * <p>Source: SDM Vol 4, "Architectural MSRs"; as Cloud Hypervisor sets them.
 */
public final class InitialMsrs {
  private static final int IA32_TSC = 0x10;
  private static final int IA32_SYSENTER_CS = 0x174;
  private static final int IA32_SYSENTER_ESP = 0x175;
  private static final int IA32_SYSENTER_EIP = 0x176;
  private static final int IA32_MISC_ENABLE = 0x1a0;
  private static final int IA32_MTRR_DEF_TYPE = 0x2ff;
  private static final int STAR = 0xc000_0081;
  private static final int LSTAR = 0xc000_0082;
  private static final int CSTAR = 0xc000_0083;
  private static final int SYSCALL_MASK = 0xc000_0084;
  private static final int KERNEL_GS_BASE = 0xc000_0102;

  private static final long FAST_STRINGS = 1;
  private static final long MTRR_ENABLE = 1 << 11;
  private static final long MTRR_WRITE_BACK = 6;

  private static final ImmutableMap<Integer, Long> VALUES =
      ImmutableMap.<Integer, Long>builder()
          .put(IA32_SYSENTER_CS, 0L)
          .put(IA32_SYSENTER_ESP, 0L)
          .put(IA32_SYSENTER_EIP, 0L)
          .put(STAR, 0L)
          .put(CSTAR, 0L)
          .put(LSTAR, 0L)
          .put(KERNEL_GS_BASE, 0L)
          .put(SYSCALL_MASK, 0L)
          .put(IA32_TSC, 0L)
          .put(IA32_MISC_ENABLE, FAST_STRINGS)
          // All memory is write-back cached unless a page table says otherwise.
          .put(IA32_MTRR_DEF_TYPE, MTRR_ENABLE | MTRR_WRITE_BACK)
          .buildOrThrow();

  private InitialMsrs() {}

  /** The values by the registers' numbers, in the order in which they are set. */
  public static ImmutableMap<Integer, Long> values() {
    return VALUES;
  }
}
