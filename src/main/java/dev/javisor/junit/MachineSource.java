package dev.javisor.junit;

import dev.javisor.VirtualMachine;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where machines come from: this host, or a test of the extension. */
interface MachineSource {
  /** Why no machine can run Linux here, and what to do about it. */
  Optional<String> obstacle();

  /** A builder with nothing set. */
  VirtualMachine.Builder builder();

  /**
   * Sets kernel, command line, agent, and what it boots from.
   *
   * @param words to add to the command line
   * @param root the image to boot from, or null for a busybox
   */
  void setDefaults(VirtualMachine.Builder builder, String words, @Nullable ImageRoot root);

  /** Waits until a machine with these defaults is ready for use. */
  void awaitReady(VirtualMachine vm) throws InterruptedException;
}
