package dev.javisor.error;

import dev.javisor.event.VmState;

/**
 * A virtual machine was asked for something that its state does not allow.
 *
 * <pre>{@code
 * try {
 *   vm.pause();
 * } catch (VmStateException e) {
 *   logger.info("not paused: it is {}", e.state());
 * }
 * }</pre>
 */
public final class VmStateException extends JavisorException {
  private static final long serialVersionUID = 1L;

  private final VmState state;

  /**
   * @param state the state that the machine is in
   * @param message what was asked for and why it cannot be, in a sentence
   */
  public VmStateException(VmState state, String message) {
    super(message, null);
    this.state = state;
  }

  /** The state that the machine was in. */
  public VmState state() {
    return state;
  }
}
