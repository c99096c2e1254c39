package dev.javisor.internal.cli;

import dev.javisor.Hypervisor;
import java.io.PrintStream;
import java.util.Optional;

/** Tells what this host can do, and what to do about what it cannot. */
final class Doctor {
  private Doctor() {}

  static int execute(PrintStream out) {
    Hypervisor hypervisor = Hypervisor.probe();
    if (hypervisor.isAvailable()) {
      out.printf(
          "hypervisor      KVM: up to %d vCPUs a machine, %d bits of guest physical addresses%n",
          hypervisor.maxVcpus(), hypervisor.physicalAddressBits());
    } else {
      tell(out, "hypervisor", hypervisor.obstacle());
      return ExitStatus.ERROR;
    }
    Optional<Hypervisor.Obstacle> obstacle = hypervisor.stockKernelObstacle();
    if (obstacle.isEmpty()) {
      out.println("stock kernels   run here");
      return ExitStatus.OK;
    }
    tell(out, "stock kernels", obstacle);
    return ExitStatus.ERROR;
  }

  static int probe(PrintStream out) {
    Hypervisor hypervisor = Hypervisor.probe();
    Optional<Hypervisor.Obstacle> obstacle =
        hypervisor.isAvailable() ? hypervisor.stockKernelObstacle() : hypervisor.obstacle();
    obstacle.ifPresent(found -> out.println(found.reason() + "; " + found.fix()));
    return obstacle.isPresent() ? ExitStatus.ERROR : ExitStatus.OK;
  }

  private static void tell(PrintStream out, String what, Optional<Hypervisor.Obstacle> obstacle) {
    obstacle.ifPresent(
        found -> {
          out.printf("%-15s %s%n", what, found.reason());
          out.printf("%-15s fix: %s%n", "", found.fix());
        });
  }
}
