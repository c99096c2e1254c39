package dev.javisor.internal.machine;

import org.jspecify.annotations.Nullable;

/**
 * What a host can do for machines. The numbers hold only where there is no problem.
 *
 * @param problem why it can run none, or null
 * @param apiVersion KVM's API version, 12
 * @param maxVcpus the most vCPUs of one machine
 * @param physicalAddressBits the width of guest physical addresses, 46 at most
 */
public record HostFacts(
    @Nullable HostProblem problem, int apiVersion, int maxVcpus, int physicalAddressBits) {
  /** The facts of a host that can run no machine. */
  public static HostFacts unavailable(HostProblem problem) {
    return new HostFacts(problem, 0, 0, 0);
  }
}
