package dev.javisor.internal.machine;

/** Makes the threads of one machine, by the caller's factory and with the caller's log context. */
@FunctionalInterface
public interface MachineThreads {
  /**
   * Makes a daemon platform thread, not yet started.
   *
   * @param role what it is for, such as {@code vcpu0}; its name is made of it
   * @throws IllegalStateException if the caller's factory makes none
   */
  Thread newThread(String role, Runnable body);
}
