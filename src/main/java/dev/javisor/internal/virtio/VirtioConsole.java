package dev.javisor.internal.virtio;

/**
 * The host's side of a virtio console. What the guest prints goes to the {@link ConsoleSink} that
 * it was made with; what the guest is to receive comes in here.
 */
public interface VirtioConsole extends VirtioDevice<ConsoleState> {
  /**
   * Queues input for the guest, as much of it as there is room for. When less than {@code length}
   * was taken, the room listener is told once there is room again: see {@link
   * VirtioDevices#console}. Input waits for a driver that is not ready yet; what waits when the
   * device is reset is dropped.
   *
   * <p>Threading: any thread. Never blocks.
   *
   * @return how many bytes were taken, from the front; 0 to {@code length}
   * @throws IndexOutOfBoundsException if offset and length are not within {@code bytes}
   */
  int receive(byte[] bytes, int offset, int length);

  /**
   * Tells the guest the terminal's size.
   *
   * <p>Threading: any thread, with no lock held that the sink or the room listener takes.
   *
   * @param columns characters a line, 0 to 65535; 0 means unknown
   * @param rows lines, 0 to 65535; 0 means unknown
   * @throws IllegalArgumentException if it is out of bounds
   */
  void resize(int columns, int rows);
}
