package dev.javisor.internal.legacy;

import dev.javisor.internal.bus.SystemControl;

/**
 * ACPI sleep control, sleep status and reset register in one byte (PIO 0x600).
 *
 * <p>Spec: ACPI 6.5 §4.8.3.6 (reset), §4.8.3.7 (sleep control and status); the values are the
 * platform's: the FADT and the DSDT's {@code _S5_} name them.
 *
 * <p>Not modelled: sleep states other than S5; the wake status, which no guest lives to see.
 *
 * <p>Threading: any vCPU thread; has no state.
 */
final class AcpiShutdown extends ByteRegisters implements LegacyDevice<NoState> {
  private static final int SLEEP_ENABLE = 1 << 5;
  private static final int SLEEP_TYPE_SHIFT = 2;
  private static final int POWER_OFF =
      SLEEP_ENABLE | LegacyDevices.ACPI_S5_SLEEP_TYPE << SLEEP_TYPE_SHIFT;

  private final String id;
  private final SystemControl system;

  AcpiShutdown(String id, SystemControl system) {
    super(LegacyDevices.ACPI_SHUTDOWN_SIZE);
    this.id = id;
    this.system = system;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  int readByte(int offset) {
    return 0;
  }

  @Override
  void writeByte(int offset, int value) {
    if (value == LegacyDevices.ACPI_RESET_VALUE) {
      system.reset();
    } else if (value == POWER_OFF) {
      system.powerOff();
    }
  }

  @Override
  public void reset() {}

  @Override
  public NoState save() {
    return new NoState(NoState.VERSION);
  }

  @Override
  public void restore(NoState state) {
    StateCheck.version(state, NoState.VERSION);
  }
}
