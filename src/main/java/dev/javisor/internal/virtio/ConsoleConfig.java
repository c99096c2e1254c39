package dev.javisor.internal.virtio;

/**
 * What a console is made with.
 *
 * @param columns characters a line, 0 to 65535; 0 means unknown
 * @param rows lines, 0 to 65535; 0 means unknown
 * @param inputBytes how much host input waits for the driver's buffers, in bytes; 1 to 65536
 */
public record ConsoleConfig(int columns, int rows, int inputBytes) {
  private static final int MAX_INPUT_BYTES = 64 * 1024;

  /** A terminal of unknown size, and room for a pasted page of text. */
  public static final ConsoleConfig DEFAULT = new ConsoleConfig(0, 0, 4096);

  public ConsoleConfig {
    checkSize(columns, rows);
    if (inputBytes < 1 || inputBytes > MAX_INPUT_BYTES) {
      throw new IllegalArgumentException(
          "inputBytes: %d, not 1 to %d".formatted(inputBytes, MAX_INPUT_BYTES));
    }
  }

  /** Refuses a size that the configuration structure cannot hold. */
  static void checkSize(int columns, int rows) {
    if (columns >>> 16 != 0 || rows >>> 16 != 0) {
      throw new IllegalArgumentException(
          "console of %d columns and %d rows, both are 0 to 65535".formatted(columns, rows));
    }
  }
}
