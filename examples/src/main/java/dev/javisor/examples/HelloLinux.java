package dev.javisor.examples;

import dev.javisor.VirtualMachine;
import dev.javisor.config.OnReset;
import dev.javisor.event.VmExit;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import java.time.Duration;

/**
 * Boots Debian's kernel as it comes, with busybox for a user space, and shows its console. {@code
 * ./javisor demo} is this program.
 */
public final class HelloLinux {
  private static final String SCRIPT =
      """
      echo
      echo "Hello from Linux $(uname -r), inside a JVM."
      echo "CPUs:   $(nproc)"
      echo "Memory: $(awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo) MiB for programs"
      echo "Time:   $(date -u)"
      echo
      """;

  private HelloLinux() {}

  /**
   * Runs it; the exit status is 0 if the guest powered off.
   *
   * @param args the number of CPUs and the size of memory; default {@code 2 512M}
   */
  public static void main(String[] args) throws InterruptedException {
    int cpus = args.length > 0 ? Integer.parseInt(args[0]) : 2;
    String memory = args.length > 1 ? args[1] : "512M";

    GuestPackages debian = GuestPackages.debian();
    GuestKernel kernel = debian.kernel();
    Initramfs initramfs = Initramfs.builder().busybox(debian.busybox()).init(SCRIPT).build();
    try (VirtualMachine vm =
        VirtualMachine.builder()
            .name("hello")
            .kernel(kernel)
            .initramfs(initramfs)
            .cmdline("console=ttyS0 panic=-1")
            .cpus(cpus)
            .memory(memory)
            .onReset(OnReset.EXIT)
            .console(System.out::println)
            .build()
            .boot()) {
      VmExit exit = vm.awaitExit(Duration.ofMinutes(5));
      System.out.println("The guest ended: " + exit);
      System.exit(exit instanceof VmExit.PowerOff ? 0 : 1);
    }
  }
}
