package dev.javisor.internal.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BusTest {
  private static final class Recorder implements BusDevice {
    long lastOffset = -1;
    long lastValue;

    @Override
    public long read(long offset, int size) {
      return offset + 0x100;
    }

    @Override
    public void write(long offset, int size, long value) {
      lastOffset = offset;
      lastValue = value;
    }
  }

  private final Bus bus = new Bus();

  @Test
  void shouldReachEachDeviceByItsOffset_whenSeveralShareABus() {
    Recorder low = new Recorder();
    Recorder high = new Recorder();
    bus.add(new AddressRange(0x3f8, 8), high);
    bus.add(new AddressRange(0x60, 4), low);

    bus.write(0x3fd, 1, 7);

    assertEquals(5, high.lastOffset);
    assertEquals(7, high.lastValue);
    assertEquals(-1, low.lastOffset);
    assertEquals(0x103, bus.read(0x63, 1));
  }

  @Test
  void shouldReadAllOnes_whenNoDeviceAnswers() {
    bus.add(new AddressRange(0x60, 4), new Recorder());

    bus.write(0x64, 1, 1);

    assertEquals(-1L, bus.read(0x5f, 1));
    assertEquals(-1L, bus.read(0x64, 4));
  }

  @Test
  void shouldRefuse_whenRangesOverlap() {
    bus.add(new AddressRange(0x60, 4), new Recorder());

    assertThrows(
        IllegalArgumentException.class, () -> bus.add(new AddressRange(0x63, 1), new Recorder()));
  }

  @Test
  void shouldForgetADevice_whenItIsRemoved() {
    AddressRange range = new AddressRange(0x60, 4);
    bus.add(range, new Recorder());

    bus.remove(range);

    assertEquals(-1L, bus.read(0x60, 1));
    assertThrows(IllegalArgumentException.class, () -> bus.remove(range));
  }

  @Test
  void shouldCompareUnsigned_whenRangeIsInTheUpperHalf() {
    AddressRange top = new AddressRange(0xffff_ffff_ffff_0000L, 0x10000);
    bus.add(top, new Recorder());

    assertTrue(top.contains(-1L));
    assertFalse(top.contains(0));
    assertEquals(0x100 + 0xffff, bus.read(-1L, 1));
  }

  @Test
  void shouldRefuse_whenRangeIsEmptyOrWraps() {
    assertThrows(IllegalArgumentException.class, () -> new AddressRange(0, 0));
    assertThrows(IllegalArgumentException.class, () -> new AddressRange(-4096, 8192));
  }
}
