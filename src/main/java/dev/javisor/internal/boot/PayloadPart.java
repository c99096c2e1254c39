package dev.javisor.internal.boot;

/** The parts of a payload: what the user gives a machine to start. */
public enum PayloadPart {
  /** The kernel or firmware file. */
  KERNEL,
  /** The initial RAM file system. */
  INITRAMFS,
  /** The kernel's command line. */
  CMDLINE
}
