package dev.javisor.internal.machine;

import dev.javisor.event.VmExit;
import org.jspecify.annotations.Nullable;

/**
 * What a machine tells its facade.
 *
 * <p>Threading: called on vCPU threads and other threads of the machine, by several at once.
 * Implementations return at once, never throw, run no user code, and take no lock that is held
 * while the machine is called.
 */
public interface MachineListener {
  /** The guest wrote a byte to its console. */
  void onConsoleOutput(byte b);

  /** The console's input buffer, which was full, has room again. */
  void onConsoleInputReady();

  /** A driver of the guest has made a device of its machine ready, and uses it. */
  default void onDeviceActivated(String device) {}

  /** A device that a driver used was reset, by the driver or with the machine. */
  default void onDeviceReset(String device) {}

  /**
   * The guest asked for a reset.
   *
   * @return how the machine ends, or null: it is to start anew
   */
  @Nullable VmExit onGuestReset();

  /** The guest starts anew, by its own wish or by {@link Machine#reset}. No vCPU runs yet. */
  void onReboot();

  /**
   * The machine has ended: no vCPU will execute guest code again. Called exactly once for a machine
   * whose boot succeeded; not at all for one that was not booted or failed to.
   */
  void onExit(VmExit exit);
}
