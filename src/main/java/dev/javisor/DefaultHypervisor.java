package dev.javisor;

import dev.javisor.internal.machine.HostFacts;
import dev.javisor.internal.machine.HostProblem;
import dev.javisor.internal.machine.Platform;
import java.util.Optional;

/** A {@link Hypervisor} over what a platform says. */
final class DefaultHypervisor implements Hypervisor {
  private final HostFacts facts;
  private final Platform platform;
  private Optional<Obstacle> stockKernel = Optional.empty();
  private boolean stockKernelTried;

  private DefaultHypervisor(HostFacts facts, Platform platform) {
    this.facts = facts;
    this.platform = platform;
  }

  static Hypervisor probe(Platform platform) {
    return new DefaultHypervisor(platform.facts(), platform);
  }

  @Override
  public boolean isAvailable() {
    return facts.problem() == null;
  }

  @Override
  public Optional<Obstacle> obstacle() {
    return Optional.ofNullable(facts.problem()).map(DefaultHypervisor::obstacle);
  }

  @Override
  public int maxVcpus() {
    return facts.maxVcpus();
  }

  @Override
  public int physicalAddressBits() {
    return facts.physicalAddressBits();
  }

  @Override
  public synchronized Optional<Obstacle> stockKernelObstacle() {
    if (!isAvailable()) {
      return obstacle();
    }
    if (!stockKernelTried) {
      stockKernel = platform.stockKernel().map(DefaultHypervisor::obstacle);
      stockKernelTried = true;
    }
    return stockKernel;
  }

  @Override
  public String toString() {
    HostProblem problem = facts.problem();
    return problem == null
        ? "KVM, %d vCPUs, %d address bits".formatted(maxVcpus(), physicalAddressBits())
        : "unavailable: " + obstacle(problem);
  }

  private static Obstacle obstacle(HostProblem problem) {
    return new HostObstacle(problem.reason(), problem.fix());
  }

  private record HostObstacle(String reason, String fix) implements Obstacle {
    @Override
    public String toString() {
      return reason + "; " + fix;
    }
  }
}
