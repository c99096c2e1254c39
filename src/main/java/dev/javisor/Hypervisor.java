package dev.javisor;

import dev.javisor.internal.machine.Platforms;
import java.util.Optional;

/**
 * What this host can do. The answer of one moment: probe again after a fix.
 *
 * <pre>{@code
 * Hypervisor host = Hypervisor.probe();
 * host.stockKernelObstacle()
 *     .ifPresent(why -> System.err.println(why.reason() + "; " + why.fix()));
 * }</pre>
 *
 * <p>Threading: any thread.
 *
 * <p>Not meant to be implemented outside Javisor, but by mocks: methods will be added.
 */
public interface Hypervisor {
  /**
   * Looks at this host. Never throws: on another operating system or CPU, too, the result says why
   * nothing can run.
   */
  static Hypervisor probe() {
    return DefaultHypervisor.probe(Platforms.thisHost());
  }

  /** Whether virtual machines can be made here. */
  boolean isAvailable();

  /** Why not; empty if they can. */
  Optional<Obstacle> obstacle();

  /** The most vCPUs of one machine; 0 if none can be made. */
  int maxVcpus();

  /** The width of guest physical addresses; 0 if no machine can be made. */
  int physicalAddressBits();

  /**
   * Whether a stock Linux kernel can run here. A KVM without hardware virtualization under it may
   * run small guests but not a kernel; this runs a few instructions as a guest to find out, the
   * first time it is called.
   */
  default boolean canRunStockKernel() {
    return stockKernelObstacle().isEmpty();
  }

  /** Why a stock Linux kernel cannot run here; empty if it can. See {@link #canRunStockKernel}. */
  Optional<Obstacle> stockKernelObstacle();

  /** Something that stands in the way. */
  interface Obstacle {
    /** What is wrong. */
    String reason();

    /** What the user can do about it. */
    String fix();
  }
}
