package dev.javisor.bench.guest;

import dev.javisor.Hypervisor;
import dev.javisor.VirtualMachine;
import dev.javisor.bench.Figure;
import dev.javisor.bench.Result;
import dev.javisor.guest.GuestPackages;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The guest of these measurements: Debian's kernel, a busybox and the agent. */
final class LinuxGuest {
  /** How long to wait for it; an emulated host is slow. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final String CMDLINE = "console=ttyS0 quiet panic=-1";

  private final GuestPackages debian = GuestPackages.debian();

  /** A machine, with nothing in it but the kernel. */
  VirtualMachine.Builder bare(String memory) {
    return VirtualMachine.builder().kernel(debian.kernel()).cmdline(CMDLINE).memory(memory);
  }

  /** A machine with the agent. */
  VirtualMachine.Builder builder(String memory) {
    return bare(memory).agent(agent -> agent.busybox(debian.busybox()));
  }

  GuestPackages packages() {
    return debian;
  }

  /** A machine whose agent is there. */
  VirtualMachine boot(VirtualMachine.Builder builder) throws InterruptedException {
    VirtualMachine vm = builder.build();
    boolean ready = false;
    try {
      vm.boot().agent().awaitReady(PATIENCE);
      ready = true;
      return vm;
    } finally {
      if (!ready) {
        vm.close();
      }
    }
  }

  /** What to say where no such guest can run. */
  static Optional<Result> unavailable(String name, String description, String unit) {
    return Hypervisor.probe()
        .stockKernelObstacle()
        .map(
            obstacle ->
                new Result(
                    description,
                    unit,
                    List.of(
                        Figure.of("Javisor")
                            .withRemark(
                                "not here: %s; ./javisor lab -t 3600 ./javisor bench %s"
                                    .formatted(obstacle.reason(), name))),
                    List.of()));
  }
}
