package dev.javisor.event;

/**
 * A stage in the life of a virtual machine.
 *
 * <pre>{@code
 * if (vm.state() == VmState.PAUSED) {
 *   vm.resume();
 * }
 * }</pre>
 */
public enum VmState {
  /** Configured, but no vCPU has run yet. */
  CREATED,
  /** vCPUs run. */
  RUNNING,
  /** vCPUs stand still; the machine keeps its memory and its devices. */
  PAUSED,
  /** The guest has ended. */
  EXITED,
  /** Host resources have been given back. */
  CLOSED
}
