package dev.javisor.linux;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The command line as people have it, with a distribution's kernel and initramfs. */
@Tag("linux-guest")
class CommandLinuxTest {
  @Test
  @Timeout(1200)
  void shouldBootADistributionToItsLogin_withANetworkThatItChooses() throws Exception {
    try (DebianCommand guest =
        DebianCommand.start(
            LinuxDisks.debian(),
            "--kernel",
            LinuxDisks.kernel().toString(),
            "--initramfs",
            LinuxDisks.initrd().toString())) {
      DebianShell shell = guest.logIn();

      guest.reachTheHost(shell);

      guest.powerOff();
    }
  }
}
