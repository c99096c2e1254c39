package dev.javisor.internal.cli;

import dev.javisor.error.GuestKernelUnavailableException;
import dev.javisor.guest.GuestPackages;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Downloads the UEFI firmware, unless it is there, and prints its path alone on standard output.
 */
final class FetchFirmware {
  private FetchFirmware() {}

  static int execute(PrintStream out, PrintStream err) {
    try {
      ProgressBar progress = ProgressBar.onStandardError(err);
      Path firmware = GuestPackages.debian().listener(progress).firmware();
      progress.end();
      out.println(firmware);
      return ExitStatus.OK;
    } catch (GuestKernelUnavailableException e) {
      err.println("javisor: " + e.getMessage());
      return ExitStatus.ERROR;
    }
  }
}
