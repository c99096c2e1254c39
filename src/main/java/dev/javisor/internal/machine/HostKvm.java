package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.x86.CpuidEntry;
import java.util.List;

/** What a probe asks an open KVM. */
interface HostKvm extends AutoCloseable {
  /** KVM api.rst KVM_GET_API_VERSION. */
  int apiVersion();

  /** The capabilities that Javisor needs and this KVM lacks, by name. */
  List<String> missingCapabilities();

  /** The most vCPUs of one machine. */
  int maxVcpus();

  /** The width of guest physical addresses. */
  int physicalAddressBits();

  @Override
  void close();

  /**
   * Opens the KVM of this host.
   *
   * @throws dev.javisor.internal.sys.NativeException if the host does not let us
   * @throws dev.javisor.internal.sys.NativeUnavailableException if native code cannot be loaded
   */
  static HostKvm open() {
    return new Opened(Kvm.open(Kvm.DEVICE));
  }

  /** {@link Kvm} as seen by the probe. */
  record Opened(Kvm kvm) implements HostKvm {
    /** Cloud Hypervisor's machine uses no more, whatever the host has. */
    private static final int MOST_ADDRESS_BITS = 46;

    private static final int ADDRESS_SIZES_LEAF = 0x8000_0008;
    private static final int ADDRESS_BITS_WITHOUT_LEAF = 36;

    @Override
    public int apiVersion() {
      return kvm.apiVersion();
    }

    @Override
    public List<String> missingCapabilities() {
      return kvm.missingCapabilities();
    }

    @Override
    public int maxVcpus() {
      return kvm.maxVcpus();
    }

    /** SDM volume 2A, CPUID leaf 80000008H, EAX bits 7 to 0. */
    @Override
    public int physicalAddressBits() {
      int bits =
          kvm.supportedCpuid().stream()
              .filter(entry -> entry.function() == ADDRESS_SIZES_LEAF)
              .mapToInt(CpuidEntry::eax)
              .map(eax -> eax & 0xFF)
              .findFirst()
              .orElse(ADDRESS_BITS_WITHOUT_LEAF);
      return Math.min(bits, MOST_ADDRESS_BITS);
    }

    @Override
    public void close() {
      kvm.close();
    }
  }
}
