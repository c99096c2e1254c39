package dev.javisor.internal.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.javisor.internal.bus.SystemControl;
import java.util.List;
import org.junit.jupiter.api.Test;

class PvPanicTest {
  private static final int SLOT = 1;

  private final PciDriver driver = new PciDriver();
  private final CountedPanics system = new CountedPanics();
  private final PciDevice<PvPanicState> device = PciDevices.pvPanic("pvpanic0", system);

  PvPanicTest() {
    driver.bus().add(device.function());
  }

  private static final class CountedPanics implements SystemControl {
    private int panics;

    @Override
    public void powerOff() {}

    @Override
    public void reset() {}

    @Override
    public void panic() {
      panics++;
    }
  }

  private long register() {
    return driver.read(SLOT, PciDriver.BAR0, 4) & -16;
  }

  @Test
  void shouldBeWhatLinuxLooksFor() {
    assertEquals(0x0011_1b36L, driver.read(SLOT, 0, 4));
    assertEquals(0x0880_0001L, driver.read(SLOT, 0x08, 4));
    assertEquals(PciDriver.WINDOW_32, register());
  }

  @Test
  void shouldOfferPanicAndCrashKernel() {
    assertEquals(3, driver.load(register(), 1));
    assertEquals(0, driver.load(register() + 1, 1));
  }

  @Test
  void shouldTellOfAPanic() {
    driver.store(register(), 1, PvPanic.PANICKED);

    assertEquals(1, system.panics);
  }

  @Test
  void shouldTellNothing_whenACrashKernelIsLoaded_orBitsAreUnknown() {
    for (long value : List.of(0L, (long) PvPanic.CRASH_LOADED, 4L, 0xf8L, 0xff00L)) {
      driver.store(register(), 2, value);
    }
    driver.store(register() + 1, 1, PvPanic.PANICKED);

    assertEquals(0, system.panics);
  }

  @Test
  void shouldBeWhereItWas_whenRestored() {
    driver.write(SLOT, PciDriver.BAR0, 4, 0xc010_0000L);
    PvPanicState state = device.save();
    device.reset();
    assertEquals(PciDriver.WINDOW_32, register());

    device.restore(state);

    assertEquals(0xc010_0000L, register());
    driver.store(register(), 1, PvPanic.PANICKED);
    assertEquals(1, system.panics);
  }

  @Test
  void shouldRefuseAStateOfAnotherVersion() {
    PvPanicState state = new PvPanicState(2, device.save().function());

    assertThrows(IllegalArgumentException.class, () -> device.restore(state));
  }
}
