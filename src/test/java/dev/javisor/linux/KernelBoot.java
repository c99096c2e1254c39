package dev.javisor.linux;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;

/**
 * The command line boots a whole Debian from its disk, without an initramfs, by the kernel that
 * {@code ./javisor kernel} builds. {@code ./javisor test --long} starts it.
 */
public final class KernelBoot {
  private KernelBoot() {}

  /**
   * Fails with an exception, or returns.
   *
   * @param args the kernel, and a disk with a Debian that may be written to
   */
  public static void main(String[] args) throws Exception {
    long start = System.nanoTime();
    try (DebianCommand guest = DebianCommand.start(Path.of(args[1]), "--kernel", args[0])) {
      DebianShell shell = guest.logIn();
      say("logged in after %d s".formatted((System.nanoTime() - start) / 1_000_000_000));
      assertTrue(shell.line("uname -r").endsWith("-javisor"), "the kernel that was built");
      guest.reachTheHost(shell);
      say("the host is there, over the network that was chosen");
      guest.powerOff();
      say("switched off");
    }
  }

  private static void say(String what) {
    System.out.println("kernel: " + what);
  }
}
