package dev.javisor.internal.cli;

import dev.javisor.Hypervisor;
import dev.javisor.VirtualMachine;
import dev.javisor.config.OnReset;
import dev.javisor.error.HypervisorUnavailableException;
import dev.javisor.error.JavisorException;
import dev.javisor.event.VmExit;
import dev.javisor.guest.FetchListener;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.GuestPackages;
import dev.javisor.guest.Initramfs;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Boots Debian's kernel as it comes, and shows what it says of its machine. */
final class Demo {
  private static final String INIT =
      """
      echo
      echo "Hello from Linux $(uname -r), inside a JVM."
      echo "CPUs:   $(nproc)"
      echo "Memory: $(awk '/MemTotal/ {print int($2 / 1024)}' /proc/meminfo) MiB for programs"
      echo "Time:   $(date -u)"
      echo
      poweroff -f
      """;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private Demo() {}

  static int execute(PrintStream out, PrintStream err, String... args) {
    int cpus = 2;
    String memory = "512M";
    for (int i = 0; i < args.length; i += 2) {
      String value = i + 1 < args.length ? args[i + 1] : "";
      if (args[i].equals("--cpus") && value.matches("\\d{1,3}")) {
        cpus = Integer.parseInt(value);
      } else if (args[i].equals("--memory") && !value.isEmpty()) {
        memory = value;
      } else {
        err.println("usage: javisor demo [--cpus N] [--memory SIZE]");
        return ExitStatus.USAGE;
      }
    }
    try {
      return boot(out, cpus, memory);
    } catch (JavisorException e) {
      err.println("javisor: " + e.getMessage());
      return e instanceof HypervisorUnavailableException
          ? ExitStatus.UNAVAILABLE
          : ExitStatus.ERROR;
    } catch (IOException e) {
      err.println("javisor: " + e);
      return ExitStatus.ERROR;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitStatus.KILLED;
    }
  }

  /** Downloads what {@link #execute} needs. */
  static int fetch(PrintStream out, PrintStream err) {
    try {
      GuestPackages packages = packages(out);
      GuestKernel kernel = packages.kernel();
      out.printf(
          "kernel %s: %s, %s%nbusybox: %s%n",
          kernel.release(), kernel.image(), kernel.vmlinux(), packages.busybox());
      return ExitStatus.OK;
    } catch (JavisorException e) {
      err.println("javisor: " + e.getMessage());
      return ExitStatus.ERROR;
    }
  }

  private static int boot(PrintStream out, int cpus, String memory)
      throws IOException, InterruptedException {
    Hypervisor.probe()
        .obstacle()
        .ifPresent(
            obstacle -> {
              throw new HypervisorUnavailableException(obstacle.reason(), obstacle.fix(), null);
            });
    GuestPackages packages = packages(out);
    GuestKernel kernel = packages.kernel();
    Path initramfs = Files.createTempFile("javisor-demo-", ".cpio");
    try {
      Initramfs.builder().busybox(packages.busybox()).init(INIT).build().writeTo(initramfs);
      try (VirtualMachine vm =
          VirtualMachine.builder()
              .name("demo")
              .kernel(kernel.image())
              .initramfs(initramfs)
              .cmdline("console=ttyS0 panic=-1")
              .cpus(cpus)
              .memory(memory)
              .onReset(OnReset.EXIT)
              .consoleOutput(out)
              .build()
              .boot()) {
        VmExit exit = vm.awaitExit(LIMIT);
        out.println("The guest ended: " + exit);
        return ExitStatus.of(exit);
      }
    } finally {
      Files.deleteIfExists(initramfs);
    }
  }

  private static GuestPackages packages(PrintStream out) {
    return GuestPackages.debian().listener(new Steps(out));
  }

  /** Shows each step of a download on a line of its own. */
  private record Steps(PrintStream out) implements FetchListener {
    @Override
    public void step(String what) {
      out.println(what);
    }

    @Override
    public void bytes(long done, long total) {}
  }
}
