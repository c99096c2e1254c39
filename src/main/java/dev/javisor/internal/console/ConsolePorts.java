package dev.javisor.internal.console;

import dev.javisor.config.ConsoleMode;

/**
 * What the console ports of a machine are connected to.
 *
 * @param serial the first serial port
 * @param virtio the virtio console
 */
public record ConsolePorts(ConsoleMode serial, ConsoleMode virtio) {
  /** The serial port is the machine's console. */
  public static final ConsolePorts DEFAULT = new ConsolePorts(ConsoleMode.api(), ConsoleMode.off());

  /** Whether there is a serial port. */
  public boolean hasSerial() {
    return serial.kind() != ConsoleMode.Kind.OFF;
  }

  /** Whether there is a virtio console. */
  public boolean hasVirtio() {
    return virtio.kind() != ConsoleMode.Kind.OFF;
  }

  /** Whether the API's console is the virtio console: it says so, or nothing else is. */
  public boolean showsVirtio() {
    return hasVirtio() && serial.kind() != ConsoleMode.Kind.API;
  }

  /** Whether the API's console is the serial port. */
  public boolean showsSerial() {
    return hasSerial() && !showsVirtio();
  }
}
