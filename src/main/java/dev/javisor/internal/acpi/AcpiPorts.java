package dev.javisor.internal.acpi;

/**
 * Where the fixed registers of a hardware-reduced machine are, as I/O ports.
 *
 * @param sleep sleep control and sleep status register, 1 byte
 * @param reset reset register, 1 byte: writing {@link #RESET_VALUE} resets the machine
 * @param pmTimer the power management timer, 4 bytes, 32 bits wide
 */
public record AcpiPorts(int sleep, int reset, int pmTimer) {
  /** What the guest writes to the reset register. */
  public static final int RESET_VALUE = 1;

  /** The sleep type that the guest writes, shifted and with SLP_EN, to switch off (S5). */
  public static final int SLEEP_TYPE_S5 = 5;

  public AcpiPorts {
    checkPort("sleep", sleep, 1);
    checkPort("reset", reset, 1);
    checkPort("pmTimer", pmTimer, 4);
  }

  private static void checkPort(String field, int port, int width) {
    if (port < 0 || port + width > 0x10000) {
      throw new IllegalArgumentException("%s is not a port: 0x%x".formatted(field, port));
    }
  }
}
