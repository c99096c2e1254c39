package dev.javisor.internal.pci;

/**
 * Hears where the guest reaches a function's BARs, so that doorbells go where they go.
 *
 * <p>Threading: called by a vCPU thread, or at a reset, with the bus's lock held: takes the
 * device's own lock at most, and never writes to configuration space.
 */
public interface BarListener {
  /** The guest reaches the BAR at this gpa from now on; before, it reached it nowhere. */
  void mapped(int bar, long gpa);

  /** The guest reaches the BAR nowhere from now on. */
  void unmapped(int bar);
}
