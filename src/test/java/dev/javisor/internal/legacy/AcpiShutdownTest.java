package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class AcpiShutdownTest {
  private final RecordedSystem system = new RecordedSystem();
  private final LegacyDevice<NoState> device = LegacyDevices.acpiShutdown("acpi", system);

  @Test
  void shouldPowerOff_whenLinuxEntersS5() {
    device.write(0, 1, 0x80); // clears the wake status first
    device.write(0, 1, 0x34);

    assertEquals(List.of("power off"), system.requests);
  }

  @Test
  void shouldReset_whenTheResetValueIsWritten() {
    device.write(0, 1, 1);

    assertEquals(List.of("reset"), system.requests);
  }

  @Test
  void shouldIgnoreEverythingElse() {
    for (int value = 0; value < 256; value++) {
      if (value != 1 && value != 0x34) {
        device.write(0, 1, value);
      }
    }
    device.write(1, 1, 1);
    device.write(-1, 1, 1);

    assertEquals(List.of(), system.requests);
  }

  @Test
  void shouldTakeTheFirstByte_whenTheAccessIsWide() {
    device.write(0, 4, 0x0101_0134);

    assertEquals(List.of("power off"), system.requests);
  }

  @Test
  void shouldReadZero() {
    assertEquals(0, device.read(0, 1));
  }

  @Test
  void shouldRefuseUnknownVersions() {
    device.restore(device.save());

    assertThrows(IllegalArgumentException.class, () -> device.restore(new NoState(2)));
  }
}
