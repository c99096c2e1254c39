package dev.javisor.config;

/**
 * The vCPUs of a machine and their topology, as the guest sees it. What is not set follows from the
 * rest: a count alone means that many cores of one thread in one package; a topology alone gives
 * the count. Values are checked by {@code build()}.
 *
 * <pre>{@code
 * builder.cpus(cpus -> cpus.packages(1).cores(2).threads(2)); // four vCPUs
 * }</pre>
 */
public interface CpuConfig {
  /** The number of vCPUs, at least 1. Default: what the topology comes to, or 1. */
  CpuConfig count(int count);

  /**
   * Threads a core, 1 or 2. Default 1: sibling threads make a guest's scheduler assume too much.
   */
  CpuConfig threads(int threadsPerCore);

  /** Cores a die. Default: what the count leaves for it. */
  CpuConfig cores(int coresPerDie);

  /** Dies a package. Default 1. */
  CpuConfig dies(int diesPerPackage);

  /** Packages. Default 1. */
  CpuConfig packages(int packages);
}
