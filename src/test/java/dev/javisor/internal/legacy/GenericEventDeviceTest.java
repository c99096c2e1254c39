package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenericEventDeviceTest {
  private static final int POWER_BUTTON = 8;

  private int edges;
  private final GenericEventDevice device = newDevice();

  private GenericEventDevice newDevice() {
    return LegacyDevices.genericEventDevice("ged", () -> edges++);
  }

  @Test
  void shouldTellThePowerButtonOnce() {
    device.signal(POWER_BUTTON);

    assertEquals(1, edges);
    assertEquals(POWER_BUTTON, device.read(0, 1));
    assertEquals(0, device.read(0, 1));
  }

  @Test
  void shouldCollectEvents_whenTheGuestHasNotRead() {
    device.signal(POWER_BUTTON);
    device.signal(1);
    device.signal(1);

    assertEquals(3, edges);
    assertEquals(POWER_BUTTON | 1, device.read(0, 1));
  }

  @Test
  void shouldIgnoreWrites() {
    device.signal(POWER_BUTTON);

    device.write(0, 1, 0);

    assertEquals(POWER_BUTTON, device.read(0, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 256})
  void shouldRefuseWhatIsNoEvent(int events) {
    assertThrows(IllegalArgumentException.class, () -> device.signal(events));
  }

  @Test
  void shouldHoldTheInterrupt_whileQuiesced() {
    device.quiesce();
    device.signal(POWER_BUTTON);
    assertEquals(0, edges);

    device.resume();

    assertEquals(1, edges);
  }

  @Test
  void shouldStayQuiet_whenResumedWithNothingPending() {
    device.quiesce();
    device.resume();

    assertEquals(0, edges);
  }

  @Test
  void shouldForget_whenReset() {
    device.signal(POWER_BUTTON);

    device.reset();

    assertEquals(0, device.read(0, 1));
  }

  @Test
  void shouldGoOn_whenRestored() {
    device.signal(POWER_BUTTON);
    GenericEventState state = device.save();
    GenericEventDevice copy = newDevice();
    edges = 0;

    copy.quiesce();
    copy.restore(state);
    copy.resume();

    assertEquals(1, edges);
    assertEquals(POWER_BUTTON, copy.read(0, 1));
  }

  @Test
  void shouldRefuseHostileStates() {
    assertThrows(IllegalArgumentException.class, () -> device.restore(new GenericEventState(2, 0)));
    assertThrows(
        IllegalArgumentException.class, () -> device.restore(new GenericEventState(1, 256)));
  }

  @Test
  void shouldSurviveRandomAccesses() {
    Random random = new Random(13);
    for (int i = 0; i < 10_000; i++) {
      long offset = random.nextBoolean() ? random.nextInt(3) : random.nextLong();
      device.signal(1 + random.nextInt(255));
      device.write(offset, 1 << random.nextInt(4), random.nextLong());
      device.read(offset, 1 << random.nextInt(4));
      GenericEventState state = device.save();
      device.restore(state);
      assertEquals(state, device.save());
    }
  }
}
