package dev.javisor.internal.cli;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.guest.GuestPackages;
import java.io.PrintStream;

/**
 * Downloads the UEFI firmware, unless it is there, and prints its path alone on standard output.
 */
final class FetchFirmware {
  private FetchFirmware() {}

  static int execute(PrintStream out, PrintStream err) {
    try {
      out.println(GuestPackages.debian().listener(new FetchKernel.Steps(err)).firmware());
      return ExitStatus.OK;
    } catch (GuestKernelUnavailableException e) {
      err.println("javisor: " + e.getMessage());
      return ExitStatus.ERROR;
    }
  }
}
