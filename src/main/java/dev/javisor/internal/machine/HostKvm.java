package dev.javisor.internal.machine;

import dev.javisor.internal.kvm.Kvm;
import dev.javisor.internal.x86.CpuidPolicy;
import java.nio.file.Path;
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
   * @param device where it is
   * @param cpuid what is known of its CPUID
   * @throws dev.javisor.internal.sys.NativeException if the host does not let us
   * @throws dev.javisor.internal.sys.NativeUnavailableException if native code cannot be loaded
   */
  static HostKvm open(Path device, SupportedCpuid cpuid) {
    return new Opened(Kvm.open(device), cpuid);
  }

  /** {@link Kvm} as seen by the probe. */
  record Opened(Kvm kvm, SupportedCpuid cpuid) implements HostKvm {
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

    @Override
    public int physicalAddressBits() {
      return CpuidPolicy.physicalBits(cpuid.of(kvm));
    }

    @Override
    public void close() {
      kvm.close();
    }
  }
}
