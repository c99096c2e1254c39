package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.InterruptLine;

/** Makes the platform's small devices. */
public final class LegacyDevices {
  private LegacyDevices() {}

  /**
   * A 16550A serial port.
   *
   * @param irq its interrupt; COM1's is IRQ 4
   * @param output takes what the guest sends
   * @param roomListener told when {@link SerialPort#receive} took less than it was given and at
   *     least half of the queue is free again; called without locks on a vCPU thread or the
   *     machine's, must not block, and may call {@code receive}
   */
  public static SerialPort serialPort(
      String id, SerialConfig config, InterruptLine irq, ByteSink output, Runnable roomListener) {
    return new Uart16550(id, config, irq, output, roomListener);
  }
}
