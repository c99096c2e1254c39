package dev.javisor.examples;

import dev.javisor.Hypervisor;
import dev.javisor.QueueLoop;
import dev.javisor.VirtualMachine;
import dev.javisor.config.MemoryFit;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import java.time.Duration;

/** What the user guide quotes. A test compares. */
final class GuideSnippets {
  private GuideSnippets() {}

  static void fiveLines() throws InterruptedException {
    GuestPackages debian = GuestPackages.debian();
    Initramfs hello = Initramfs.builder().busybox(debian.busybox()).init("uname -a").build();
    try (VirtualMachine vm =
        VirtualMachine.builder().kernel(debian.kernel()).initramfs(hello).build().boot()) {
      VmExit exit = vm.awaitExit(Duration.ofMinutes(1)); // PowerOff[]
    }
  }

  static void probe() {
    Hypervisor host = Hypervisor.probe();
    if (!host.canRunStockKernel()) {
      Hypervisor.Obstacle why = host.stockKernelObstacle().orElseThrow();
      throw new IllegalStateException(why.reason() + "; " + why.fix());
    }
  }

  static void manyMachines() {
    QueueLoop loop = QueueLoop.create();
    VirtualMachine.Builder one = // and so on for each
        VirtualMachine.builder().queueLoop(loop).memory("128M").memoryFit(MemoryFit.REFUSE);
  }
}
