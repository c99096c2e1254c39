package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyboardControllerTest {
  private static final int DATA = 0;
  private static final int PORT_B = 1;
  private static final int COMMAND = 4;

  private final RecordedSystem system = new RecordedSystem();
  private final LegacyDevice<KeyboardControllerState> device =
      LegacyDevices.keyboardController("i8042", system);

  @Test
  void shouldReset_whenLinuxReboots() {
    assertEquals(0, device.read(COMMAND, 1) & 0x02, "ready for a command");

    device.write(COMMAND, 1, 0xfe);

    assertEquals(List.of("reset"), system.requests);
  }

  @Test
  void shouldNotReset_whenOtherLinesArePulsedOrCommandsSent() {
    for (int value = 0; value < 0xf0; value++) {
      device.write(COMMAND, 1, value);
    }
    device.write(COMMAND, 1, 0xff);
    device.write(COMMAND, 1, 0xfd);
    device.write(DATA, 1, 0xfe);
    device.write(PORT_B, 1, 0xfe);

    assertEquals(List.of(), system.requests);
  }

  @Test
  void shouldHaveNoDataWaiting() {
    assertEquals(0, device.read(COMMAND, 1) & 0x01);
    assertEquals(0xff, device.read(DATA, 1));
  }

  @Test
  void shouldLetPitCalibrationEnd() {
    device.write(PORT_B, 1, 0x01);

    assertEquals(0x21, device.read(PORT_B, 1));
  }

  @Test
  void shouldGoOn_whenRestored_andStartOver_whenReset() {
    device.write(PORT_B, 1, 0x03);
    KeyboardControllerState state = device.save();

    device.reset();
    assertEquals(0x20, device.read(PORT_B, 1));
    device.restore(state);

    assertEquals(0x23, device.read(PORT_B, 1));
  }

  @Test
  void shouldRefuseHostileStates() {
    assertThrows(
        IllegalArgumentException.class, () -> device.restore(new KeyboardControllerState(2, 0)));
    assertThrows(
        IllegalArgumentException.class, () -> device.restore(new KeyboardControllerState(1, 0x10)));
  }

  @Test
  void shouldSurviveRandomAccesses() {
    Random random = new Random(8042);
    for (int i = 0; i < 10_000; i++) {
      long offset = random.nextBoolean() ? random.nextInt(6) : random.nextLong();
      int size = 1 << random.nextInt(4);
      device.write(offset, size, random.nextLong());
      device.read(offset, size);
      KeyboardControllerState state = device.save();
      device.restore(state);
      assertEquals(state, device.save());
    }
  }
}
