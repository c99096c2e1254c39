package dev.javisor.error;

/**
 * How far a virtual machine got on its way to the guest's first instruction.
 *
 * <pre>{@code
 * void explain(GuestBootException e) {
 *   if (e.stage() == BootStage.MEMORY) {
 *     System.err.println("the host has too little memory: " + e.errno().orElse(""));
 *   }
 * }
 * }</pre>
 */
public enum BootStage {
  /** Opening the hypervisor and making an empty machine. */
  HYPERVISOR,
  /** Mapping guest RAM. */
  MEMORY,
  /** Reading the kernel into guest RAM. */
  KERNEL,
  /** Reading the initramfs into guest RAM. */
  INITRAMFS,
  /** Building devices, interrupts and the tables that describe them to the guest. */
  DEVICES,
  /** Making vCPUs and setting their registers. */
  VCPUS,
  /** Starting the machine's threads. */
  START
}
