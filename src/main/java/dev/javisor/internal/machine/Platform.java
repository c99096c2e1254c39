package dev.javisor.internal.machine;

import dev.javisor.internal.config.Problem;
import java.util.List;
import java.util.Optional;

/**
 * What machines run on: the facade's only way to the host.
 *
 * <p>Threading: any thread. But for {@link #create} nothing here throws, whatever the host lacks.
 */
public interface Platform {
  /** What this host can do, looked up anew at each call. */
  HostFacts facts();

  /**
   * Runs a few instructions that stock kernels need as a guest, at CPL 0.
   *
   * @return what keeps a stock kernel from running here; empty if nothing does
   */
  Optional<HostProblem> stockKernel();

  /**
   * Checks what only a look at the host's files can tell: whether the kernel is one and fits the
   * RAM, and the initramfs beside it. Takes nothing from the host for longer than the call. The
   * spec's other values are good.
   *
   * @return the mistakes, by the builder's names of the fields
   */
  List<Problem> check(MachineSpec spec);

  /** Makes a machine; takes nothing from the host before its boot. */
  Machine create(MachineSpec spec, MachineListener listener);
}
