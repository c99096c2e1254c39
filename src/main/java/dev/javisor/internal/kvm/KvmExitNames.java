package dev.javisor.internal.kvm;

import com.google.common.collect.ImmutableMap;

/** The names of exit reasons and internal errors, for messages and counters. */
public final class KvmExitNames {
  private static final ImmutableMap<Integer, String> REASONS =
      ImmutableMap.<Integer, String>builder()
          .put(KvmNumbers.KVM_EXIT_UNKNOWN, "UNKNOWN")
          .put(KvmNumbers.KVM_EXIT_EXCEPTION, "EXCEPTION")
          .put(KvmNumbers.KVM_EXIT_IO, "IO")
          .put(KvmNumbers.KVM_EXIT_HYPERCALL, "HYPERCALL")
          .put(KvmNumbers.KVM_EXIT_DEBUG, "DEBUG")
          .put(KvmNumbers.KVM_EXIT_HLT, "HLT")
          .put(KvmNumbers.KVM_EXIT_MMIO, "MMIO")
          .put(KvmNumbers.KVM_EXIT_IRQ_WINDOW_OPEN, "IRQ_WINDOW_OPEN")
          .put(KvmNumbers.KVM_EXIT_SHUTDOWN, "SHUTDOWN")
          .put(KvmNumbers.KVM_EXIT_FAIL_ENTRY, "FAIL_ENTRY")
          .put(KvmNumbers.KVM_EXIT_INTR, "INTR")
          .put(KvmNumbers.KVM_EXIT_SET_TPR, "SET_TPR")
          .put(KvmNumbers.KVM_EXIT_TPR_ACCESS, "TPR_ACCESS")
          .put(KvmNumbers.KVM_EXIT_NMI, "NMI")
          .put(KvmNumbers.KVM_EXIT_INTERNAL_ERROR, "INTERNAL_ERROR")
          .put(KvmNumbers.KVM_EXIT_SYSTEM_EVENT, "SYSTEM_EVENT")
          .put(KvmNumbers.KVM_EXIT_IOAPIC_EOI, "IOAPIC_EOI")
          .put(KvmNumbers.KVM_EXIT_HYPERV, "HYPERV")
          .put(KvmNumbers.KVM_EXIT_X86_RDMSR, "X86_RDMSR")
          .put(KvmNumbers.KVM_EXIT_X86_WRMSR, "X86_WRMSR")
          .put(KvmNumbers.KVM_EXIT_DIRTY_RING_FULL, "DIRTY_RING_FULL")
          .put(KvmNumbers.KVM_EXIT_X86_BUS_LOCK, "X86_BUS_LOCK")
          .put(KvmNumbers.KVM_EXIT_NOTIFY, "NOTIFY")
          .buildOrThrow();

  private KvmExitNames() {}

  /** The reason's name in linux/kvm.h. */
  public static String of(int reason) {
    String name = REASONS.get(reason);
    return name == null ? "exit reason " + reason : "KVM_EXIT_" + name;
  }

  static String ofSuberror(int suberror) {
    return switch (suberror) {
      case KvmNumbers.KVM_INTERNAL_ERROR_EMULATION -> "KVM cannot emulate an instruction";
      case KvmNumbers.KVM_INTERNAL_ERROR_SIMUL_EX -> "two exceptions at once";
      case KvmNumbers.KVM_INTERNAL_ERROR_DELIVERY_EV -> "an event could not be delivered";
      case KvmNumbers.KVM_INTERNAL_ERROR_UNEXPECTED_EXIT_REASON ->
          "the CPU left the guest for an unexpected reason";
      default -> "unknown cause";
    };
  }
}
