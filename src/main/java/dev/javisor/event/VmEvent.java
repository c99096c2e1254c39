package dev.javisor.event;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that happened to a virtual machine. More kinds will come, and kinds will tell more: a
 * listener leaves alone what it does not know. Not meant to be implemented outside Javisor.
 *
 * <pre>{@code
 * builder.listener(
 *     event -> {
 *       if (event instanceof VmEvent.Rebooted rebooted) {
 *         logger.warn("{} rebooted: {}", event.vm(), rebooted.panic().orElse("it asked for it"));
 *       }
 *     });
 * }</pre>
 */
public interface VmEvent {
  /** The machine's name. */
  String vm();

  /** When it happened, by the host's clock. */
  Instant time();

  /** The machine went from one state to another. */
  interface StateChanged extends VmEvent {
    /** The state before. */
    VmState from();

    /** The state after. */
    VmState to();
  }

  /** The guest ended; the last event before the machine is closed. */
  interface Exited extends VmEvent {
    /** How it ended. */
    VmExit exit();
  }

  /** The guest starts anew, by its own wish or by the host's. */
  interface Rebooted extends VmEvent {
    /** The text of the kernel panic that led to it, if one did. */
    Optional<String> panic();
  }

  /**
   * The console shows the text of a kernel panic. That alone ends nothing: any program in the guest
   * can print it.
   */
  interface PanicText extends VmEvent {
    /** The panic's message. */
    String message();
  }

  /** A driver of the guest has made a device ready, and uses it from now on. */
  interface DeviceActivated extends VmEvent {
    /** The device's name, unique in its machine, such as {@code disk0}. */
    String device();
  }

  /** A device that a driver of the guest used was reset, by the driver or with the machine. */
  interface DeviceReset extends VmEvent {
    /** The device's name, unique in its machine. */
    String device();
  }

  /**
   * The console's buffer is full, so that each byte from now on pushes out the oldest one. Told
   * once a machine.
   */
  interface ConsoleOverflow extends VmEvent {
    /** The buffer's size in bytes. */
    long capacity();
  }
}
