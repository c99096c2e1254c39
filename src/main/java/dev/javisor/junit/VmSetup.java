package dev.javisor.junit;

import dev.javisor.VirtualMachine;

/**
 * Changes how a test's machine is made: adds disks, networks, another kernel and the like.
 *
 * <pre>{@code
 * class WithDisk implements VmSetup {
 *   public void configure(VirtualMachine.Builder builder) {
 *     builder.disk(Path.of("data.raw")).rng();
 *   }
 * }
 * }</pre>
 *
 * <p>CPUs and memory are best said where the machine is declared, for machines queue for them: what
 * is set here beyond that is taken later, when a test with several machines has some already.
 */
@FunctionalInterface
public interface VmSetup {
  /**
   * Configures a machine. Called once for each, on the thread that runs the test.
   *
   * @param builder has its defaults set, and what the declaration says
   * @throws Exception to fail the test
   */
  void configure(VirtualMachine.Builder builder) throws Exception;
}
