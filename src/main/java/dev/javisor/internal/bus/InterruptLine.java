package dev.javisor.internal.bus;

/**
 * An edge-triggered interrupt that a device can raise. How it reaches a vCPU (irqfd, MSI route) is
 * the machine's business.
 *
 * <p>Threading: any thread. Never blocks, never throws.
 */
@FunctionalInterface
public interface InterruptLine {
  /** Raises the interrupt once: a rising edge. Edges that come faster than the guest may merge. */
  void trigger();
}
