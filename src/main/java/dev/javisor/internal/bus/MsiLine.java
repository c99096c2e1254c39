package dev.javisor.internal.bus;

/**
 * An interrupt whose message the guest chooses: one vector of MSI-X.
 *
 * <p>It starts out without a message; while it has none, {@link #trigger} does nothing: who owns
 * the line keeps what is pending. {@link #trigger} may come from any thread, also while a message
 * is being set.
 *
 * <p>Source: PCI 3.0 §6.8.2, Intel SDM volume 3 §11.11. Threading: any thread. Never throws for
 * what the guest asked: a message that no processor takes goes nowhere.
 */
public interface MsiLine extends InterruptLine, AutoCloseable {
  /**
   * Sets the message that each {@link #trigger} sends from now on.
   *
   * @param address the message's address; bits above the local APICs' range make it go nowhere
   * @param data the message's data
   */
  void route(long address, int data);

  /** Takes the message away: the vector is masked, or MSI-X is off. */
  void unroute();

  /** Gives the interrupt back to the machine. */
  @Override
  void close();
}
