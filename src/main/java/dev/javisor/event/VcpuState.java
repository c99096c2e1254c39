package dev.javisor.event;

/**
 * What a vCPU is doing. More values may come.
 *
 * <pre>{@code
 * boolean idle = vm.vcpus().stream().allMatch(vcpu -> vcpu.state() == VcpuState.IDLE);
 * }</pre>
 */
public enum VcpuState {
  /** It executes guest instructions, or waits for the host to emulate one. */
  RUNNING,
  /** It executed HLT and waits for an interrupt. */
  IDLE,
  /** It executed HLT with interrupts masked: no interrupt will wake it. */
  HALTED,
  /** It waits for another vCPU to start it. */
  WAITING,
  /** The host holds it. */
  PAUSED,
  /** It has ended, or has not begun. */
  STOPPED,
  /** It could not be asked in time. */
  UNKNOWN
}
