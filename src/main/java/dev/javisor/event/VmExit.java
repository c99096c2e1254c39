package dev.javisor.event;

/**
 * How a guest ended. Complete: no kind will be added within a major version.
 *
 * <pre>{@code
 * VmExit exit = vm.awaitExit(Duration.ofMinutes(1));
 * if (exit instanceof VmExit.Panic panic) {
 *   throw new AssertionError(panic.message() + "\n" + vm.console().tail(30));
 * }
 * }</pre>
 *
 * <p>With {@code onReset(REBOOT)}, the default, a guest's reset starts it anew instead of ending
 * it, so that neither {@link Reset} nor a {@link Panic} that resets is seen, but for a panic that
 * the guest tells by its panic device.
 */
public sealed interface VmExit {
  /** The guest switched the machine off. */
  record PowerOff() implements VmExit {}

  /** The guest asked for a reset. */
  record Reset() implements VmExit {}

  /**
   * The guest's kernel panicked: it said so by the panic device ({@code pvpanic()} of the builder),
   * or there was a panic text on the console, then a reset or a halt. A panic text alone ends
   * nothing (any program can print it); nor, without the device, does a kernel that spins after its
   * panic, as Linux does unless the command line says {@code panic=-1}.
   *
   * @param message the panic's text as the console showed it, such as {@code VFS: Unable to mount
   *     root fs}; if it did not, that the device told
   */
  record Panic(String message) implements VmExit {}

  /**
   * A vCPU met an exception while it delivered a double fault, and shut down.
   *
   * @param detail the vCPU and where it was
   */
  record TripleFault(String detail) implements VmExit {}

  /** The host ended it, by {@code kill()} or {@code close()}. */
  record Killed() implements VmExit {}

  /**
   * The host could not run the guest on: KVM failed, or the guest did what KVM cannot emulate.
   *
   * @param cause what went wrong
   */
  record Failed(Throwable cause) implements VmExit {}
}
