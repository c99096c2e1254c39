package dev.javisor.internal.config;

/** What a machine that was built will take of the host. Threading: any thread. */
public interface MachineSize {
  /** How many vCPUs it has. */
  int vcpuCount();

  /** Its RAM, in bytes. */
  long ramBytes();
}
