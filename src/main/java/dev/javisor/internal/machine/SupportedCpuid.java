package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.x86.CpuidEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What CPUID leaves the host's KVM can give a guest. It is asked once: where the host is a guest
 * itself, each answer takes it hundreds of microseconds, and no two differ.
 *
 * <p>Threading: any thread.
 */
final class SupportedCpuid {
  private volatile @Nullable List<CpuidEntry> entries;

  /**
   * The leaves.
   *
   * @param kvm the host's KVM, whichever descriptor of it
   */
  List<CpuidEntry> of(Kvm kvm) {
    List<CpuidEntry> known = entries;
    if (known == null) {
      known = List.copyOf(kvm.supportedCpuid());
      entries = known;
    }
    return known;
  }
}
