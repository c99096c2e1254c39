package dev.javisor.internal.bus;

/** Where devices get message-signalled interrupts from. Threading: any thread. */
@FunctionalInterface
public interface MsiLines {
  /**
   * Makes an interrupt that has no message yet.
   *
   * @param name for messages and host descriptors, such as {@code disk0 vector 1}
   * @throws IllegalStateException if the machine has no more interrupts, with the limit
   */
  MsiLine create(String name);
}
