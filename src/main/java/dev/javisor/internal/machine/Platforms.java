package dev.javisor.internal.machine;

import dev.javisor.internal.config.Problem;
import dev.javisor.internal.kvm.Kvm;
import java.util.List;
import java.util.Optional;

/** The platforms that there are: KVM on Linux. */
public final class Platforms {
  private Platforms() {}

  /** The platform of this host; what it cannot do, its facts tell. */
  public static Platform thisHost() {
    return new Platform() {
      @Override
      public HostFacts facts() {
        return new HostProbe(System.getProperties(), Kvm.DEVICE, HostKvm::open).facts();
      }

      @Override
      public Optional<HostProblem> stockKernel() {
        return Optional.of(new HostProblem("no machine can be made yet", "wait for it"));
      }

      @Override
      public List<Problem> check(MachineSpec spec) {
        return List.of();
      }

      @Override
      public Machine create(MachineSpec spec, MachineListener listener) {
        throw new UnsupportedOperationException("no machine can be made yet");
      }
    };
  }
}
