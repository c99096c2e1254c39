package dev.javisor.junit;

import dev.javisor.Hypervisor;
import dev.javisor.VirtualMachine;
import dev.javisor.guest.GuestPackages;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Machines on this host. */
final class HostMachines implements MachineSource {
  /** A panic resets, which ends the machine. */
  private static final String CMDLINE = "console=ttyS0 panic=-1";

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Override
  public Optional<String> obstacle() {
    Hypervisor hypervisor = Hypervisor.probe();
    return hypervisor
        .obstacle()
        .or(hypervisor::stockKernelObstacle)
        .map(obstacle -> obstacle.reason() + "; " + obstacle.fix());
  }

  @Override
  public VirtualMachine.Builder builder() {
    return VirtualMachine.builder();
  }

  @Override
  public void setDefaults(VirtualMachine.Builder builder, String words, @Nullable ImageRoot root) {
    GuestPackages debian = GuestPackages.debian();
    String cmdline = words.isEmpty() ? CMDLINE : CMDLINE + " " + words;
    builder.kernel(debian.kernel());
    if (root == null) {
      builder.cmdline(cmdline).agent(agent -> agent.busybox(debian.busybox()));
    } else {
      builder.cmdline(cmdline + " " + ImageRoot.CMDLINE).disk(root.disk()).agent();
    }
  }

  @Override
  public void awaitReady(VirtualMachine vm) throws InterruptedException {
    vm.agent().awaitReady(PATIENCE);
  }
}
