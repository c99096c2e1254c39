package dev.javisor.internal.legacy;

/**
 * The host's side of a serial port. What the guest sends goes to the {@link ByteSink} that the port
 * was made with; what it is to receive comes in here.
 */
public interface SerialPort extends LegacyDevice<SerialState> {
  /** The port's range on its bus, in bytes. */
  int SIZE = 8;

  /**
   * Queues input for the guest, as much of it as there is room for. When less than {@code length}
   * was taken, the room listener is told once there is room again: see {@link
   * LegacyDevices#serialPort}.
   *
   * <p>Threading: any thread. Never blocks.
   *
   * @return how many bytes were taken, from the front; 0 to {@code length}
   * @throws IndexOutOfBoundsException if offset and length are not within {@code bytes}
   */
  int receive(byte[] bytes, int offset, int length);
}
