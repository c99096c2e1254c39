package dev.javisor.internal.cli;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.guest.FetchListener;
import dev.javisor.guest.GuestKernel;
import dev.javisor.guest.GuestPackages;
import java.io.PrintStream;

/** Downloads what a first Linux guest needs, while there is a network. */
final class FetchKernel {
  private FetchKernel() {}

  static int execute(PrintStream out, PrintStream err) {
    try {
      GuestPackages packages = GuestPackages.debian().listener(new Steps(out));
      GuestKernel kernel = packages.kernel();
      out.printf(
          "kernel %s: %s, %s%nbusybox: %s%n",
          kernel.release(), kernel.image(), kernel.vmlinux(), packages.busybox());
      return ExitStatus.OK;
    } catch (GuestKernelUnavailableException e) {
      err.println("javisor: " + e.getMessage());
      return ExitStatus.ERROR;
    }
  }

  /** Shows each step of a download on a line of its own. */
  record Steps(PrintStream out) implements FetchListener {
    @Override
    public void step(String what) {
      out.println(what);
    }

    @Override
    public void bytes(long done, long total) {}
  }
}
