package dev.javisor.junit;

import dev.javisor.VirtualMachine;
import java.util.Optional;

/** Where machines come from: this host, or a test of the extension. */
interface MachineSource {
  /** Why no machine can run Linux here, and what to do about it. */
  Optional<String> obstacle();

  /** A builder with nothing set. */
  VirtualMachine.Builder builder();

  /**
   * Sets kernel, command line and agent.
   *
   * @param words to add to the command line
   */
  void setDefaults(VirtualMachine.Builder builder, String words);

  /** Waits until a machine with these defaults is ready for use. */
  void awaitReady(VirtualMachine vm) throws InterruptedException;
}
