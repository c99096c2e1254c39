package dev.javisor;

import dev.javisor.error.VmStateException;
import dev.javisor.event.VmState;

/**
 * Which call is legal in which state of a machine, and on which thread.
 *
 * <p>Threading: any thread.
 */
final class CallLegality {
  private final String name;
  private final VmMonitor monitor;

  CallLegality(String name, VmMonitor monitor) {
    this.name = name;
    this.monitor = monitor;
  }

  /**
   * The state, which is one of the two.
   *
   * @throws VmStateException if it is another
   */
  VmState runningOrPaused(String call) {
    notClosed(call);
    VmState now = monitor.state();
    if (now == VmState.CREATED) {
      throw illegal(call, "it was not booted");
    }
    if (now == VmState.EXITED) {
      throw illegal(call, "its guest has ended: " + monitor.exit());
    }
    return now;
  }

  void notClosed(String call) {
    if (monitor.state() == VmState.CLOSED) {
      throw illegal(call, "it is closed");
    }
  }

  void notOnEventThread(String call) {
    if (monitor.events().isCurrent() && monitor.exit() == null) {
      throw new IllegalStateException(
          call + " in a listener or console consumer of the same machine would wait for itself");
    }
  }

  VmStateException illegal(String call, String why) {
    VmState now = monitor.state();
    return new VmStateException(
        now, "VM %s (%s): %s is not possible: %s".formatted(name, now, call, why));
  }
}
