package dev.javisor.internal.legacy;

/**
 * What a serial port is made with.
 *
 * @param inputBytes how much host input waits, in bytes, beside the chip's own FIFO; 1 to 65536
 */
public record SerialConfig(int inputBytes) {
  private static final int MAX_INPUT_BYTES = 64 * 1024;

  /** Room for a pasted page of text. */
  public static final SerialConfig DEFAULT = new SerialConfig(4096);

  public SerialConfig {
    if (inputBytes < 1 || inputBytes > MAX_INPUT_BYTES) {
      throw new IllegalArgumentException(
          "inputBytes: %d, not 1 to %d".formatted(inputBytes, MAX_INPUT_BYTES));
    }
  }
}
