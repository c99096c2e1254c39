package dev.javisor.examples;

import dev.javisor.Hypervisor;
import dev.javisor.QueueLoop;
import dev.javisor.VirtualMachine;
import dev.javisor.Wait;
import dev.javisor.agent.ExecResult;
import dev.javisor.agent.GuestProcess;
import dev.javisor.config.MemoryFit;
import dev.javisor.config.OnReset;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

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

  static void ownMachine(Path site) throws InterruptedException {
    GuestPackages debian = GuestPackages.debian();
    try (VirtualMachine vm =
        VirtualMachine.builder()
            .kernel(debian.kernel())
            .agent(agent -> agent.busybox(debian.busybox()))
            .onReset(OnReset.EXIT)
            .build()
            .boot()) {
      vm.agent().copyIn(site, "/srv");
      ExecResult listed = vm.exec("ls", "-l", "/srv");
      System.out.println(listed.requireSuccess().stdout());
    }
  }

  static void commands(VirtualMachine vm) throws InterruptedException, IOException {
    ExecResult result =
        vm.agent()
            .command("sh", "-c", "grep -c processor /proc/cpuinfo; cat")
            .user("nobody")
            .env("LC_ALL", "C")
            .directory("/tmp")
            .stdin("what the command reads")
            .timeout(Duration.ofSeconds(10))
            .outputLimit(1 << 20)
            .run();
    if (result.exitCode() != 0) { // a value: also 128 + n, for a signal
      System.err.println(result.stderr());
    }

    try (GuestProcess log = vm.agent().command("dmesg", "-w").start()) { // its streams, live
      InputStream lines = log.stdout();
    } // close() kills it
  }

  static void waits(VirtualMachine vm) throws InterruptedException {
    vm.waitFor(
        Wait.port(5432), // TCP, in the guest's loopback
        Wait.http(8080, "/health").status(204).timeout(Duration.ofMinutes(2)),
        Wait.command("pg_isready", "-q").interval(Duration.ofSeconds(1)),
        Wait.any(Wait.console("login:"), Wait.console(Pattern.compile("emergency|rescue"))));
  }
}
