package dev.javisor.internal.machine;

import dev.javisor.error.JavisorException;

/** A vCPU that KVM cannot run on. The message says why and where it was. */
final class VcpuFailureException extends JavisorException {
  private static final long serialVersionUID = 1L;

  VcpuFailureException(String message) {
    super(message, null);
  }
}
