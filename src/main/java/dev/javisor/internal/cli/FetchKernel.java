package dev.javisor.internal.cli;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.GuestPackages;
import java.io.PrintStream;

/** Downloads what a first Linux guest needs, while there is a network. */
final class FetchKernel {
  private FetchKernel() {}

  static int execute(PrintStream out, PrintStream err) {
    try {
      ProgressBar progress = ProgressBar.onStandardError(err);
      GuestPackages packages = GuestPackages.debian().listener(progress);
      GuestKernel kernel = packages.kernel();
      packages.busybox();
      progress.end();
      out.printf(
          "kernel %s: %s, %s%nbusybox: %s%n",
          kernel.release(), kernel.image(), kernel.vmlinux(), packages.busybox());
      return ExitStatus.OK;
    } catch (GuestKernelUnavailableException e) {
      err.println("javisor: " + e.getMessage());
      return ExitStatus.ERROR;
    }
  }
}
