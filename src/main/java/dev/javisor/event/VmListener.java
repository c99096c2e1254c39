package dev.javisor.event;

/**
 * Hears what happens to a virtual machine.
 *
 * <pre>{@code
 * VmListener log = event -> logger.info("{}: {}", event.vm(), event);
 * builder.listener(log);
 * }</pre>
 *
 * <p>Threading: called on one thread that the machine keeps for the caller's code, one event after
 * the other, in the order in which they happened. A listener that blocks holds up events, console
 * consumers and the {@code exit()} future of its own machine, and of no other; it never holds up a
 * vCPU. It may call the machine, {@code close()} included, but must not wait for its end.
 *
 * <p>Errors: what a listener throws is logged, and the next event comes all the same.
 */
@FunctionalInterface
public interface VmListener {
  /** Something happened. */
  void onEvent(VmEvent event);
}
