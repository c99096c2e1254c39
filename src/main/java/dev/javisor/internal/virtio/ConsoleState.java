package dev.javisor.internal.virtio;

import dev.javisor.internal.bus.DeviceState;
import java.util.List;

/**
 * The state of a console.
 *
 * @param version layout version, {@value #VERSION}
 * @param columns characters a line, 0 to 65535
 * @param rows lines, 0 to 65535
 * @param transmitted bytes of the transmit queue's next request that the host has already
 * @param input host input that waits for the driver's buffers, oldest first, 0 to 255 each
 */
public record ConsoleState(
    int version, int columns, int rows, long transmitted, List<Integer> input)
    implements DeviceState {
  /** The newest layout. */
  public static final int VERSION = 1;

  public ConsoleState {
    input = List.copyOf(input);
  }
}
