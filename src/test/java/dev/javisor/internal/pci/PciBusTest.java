package dev.javisor.internal.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class PciBusTest {
  private static final long ADDRESS = 0xcf8;
  private static final long DATA = 0xcfc;
  private static final long ENABLE = 0x8000_0000L;

  private final PciDriver driver = new PciDriver();

  @Test
  void shouldShowTheHostBridgeAtItsPlace() {
    assertEquals(0x0d57_8086L, driver.read(0, 0, 4));
    assertEquals(0x06_0000L, driver.read(0, 8, 4) >>> 8);
    assertEquals(0, driver.read(0, 0x0e, 1));
  }

  @Test
  void shouldReadAllOnes_whenNoFunctionIsThere() {
    driver.bus().add(new TestFunction("test0").function);

    assertEquals(0xffff_ffffL, driver.read(2, 0, 4));
    assertEquals(0xffff, driver.read(31, 0, 2));
    assertEquals(0xffff_ffffL, driver.load(0xe800_0000L + (1 << 15) + (1 << 12), 4));
    driver.write(2, 4, 2, 0xffff);
    assertEquals(0xffff, driver.read(2, 4, 2));
  }

  @Test
  void shouldAnswerAtThePorts_whenTheAddressIsEnabled() {
    driver.bus().add(new TestFunction("test0").function);

    driver.out(ADDRESS, 4, ENABLE | 1 << 11);

    assertEquals(0x1044_1af4L, driver.in(DATA, 4));
    assertEquals(0x1044, driver.in(DATA + 2, 2));
    assertEquals(0x10, driver.in(DATA + 3, 1));
    assertEquals(ENABLE | 1 << 11, driver.in(ADDRESS, 4));
  }

  @Test
  void shouldReadAllOnesAtTheDataPort_whenTheAddressIsNotEnabledOrTheAccessStraddles() {
    driver.out(ADDRESS, 4, 0);
    assertEquals(0xffff_ffffL, driver.in(DATA, 4));

    driver.out(ADDRESS, 4, ENABLE);
    assertEquals(0xffff_ffffL, driver.in(DATA + 2, 4));
  }

  @Test
  void shouldIgnoreNarrowAccessesToTheAddressPort() {
    driver.out(ADDRESS, 4, ENABLE | 0x7f00_0003L);
    driver.out(ADDRESS + 3, 1, 1);
    driver.out(ADDRESS, 2, 0x1234);

    assertEquals(ENABLE, driver.in(ADDRESS, 4));
    assertEquals(0xff, driver.in(ADDRESS + 3, 1));
  }

  @Test
  void shouldWriteSingleBytesByThePorts() {
    driver.bus().add(new TestFunction("test0").function);
    driver.out(ADDRESS, 4, ENABLE | 1 << 11 | 0x3c);

    driver.out(DATA, 1, 0xab);
    driver.out(DATA + 1, 1, 0xcd);

    assertEquals(0xab, driver.read(1, 0x3c, 2));
  }

  @Test
  void shouldReadAndWriteTwoWordsAtOnce() {
    driver.bus().add(new TestFunction("test0").function);

    driver.write(1, 0x10, 8, PciDriver.WINDOW_64 + 0x10_0000);

    assertEquals(PciDriver.WINDOW_64 + 0x10_0004, driver.read(1, 0x10, 8));
  }

  @Test
  void shouldFindNothingBehindTheFirst256Bytes() {
    driver.bus().add(new TestFunction("test0").function);

    assertEquals(0, driver.read(1, 0x100, 4));
    assertEquals(0, driver.read(1, 0xffc, 4));
    driver.write(1, 0x100, 4, -1);
    assertEquals(0, driver.read(1, 0x100, 4));
    assertEquals(0xffff_ffff_0000_0000L, driver.read(1, 0xffc, 8));
  }

  @Test
  void shouldChangeOnlyWhatTheGuestMayWrite() {
    driver.bus().add(new TestFunction("test0").function);
    long[] before = new long[64];
    for (int i = 0; i < 64; i++) {
      before[i] = driver.read(1, 4 * i, 4);
    }

    for (int i = 0; i < 64; i++) {
      driver.write(1, 4 * i, 4, 0xffff_ffffL);
    }

    assertEquals(before[0], driver.read(1, 0, 4));
    assertEquals(before[1] | 0x546, driver.read(1, 4, 4));
    assertEquals(before[2], driver.read(1, 8, 4));
    assertEquals(before[3] | 0xff, driver.read(1, 0xc, 4));
    assertEquals(0xffff_f004L, driver.read(1, 0x10, 4));
    assertEquals(0xffff_ffffL, driver.read(1, 0x14, 4));
    for (int i = 6; i < 15; i++) {
      assertEquals(before[i], driver.read(1, 4 * i, 4), "word " + i);
    }
    assertEquals(0xff, driver.read(1, 0x3c, 4));
    assertEquals(before[16] | 0xc000_0000L, driver.read(1, 0x40, 4));
    for (int i = 17; i < 64; i++) {
      assertEquals(before[i], driver.read(1, 4 * i, 4), "word " + i);
    }
  }

  @Test
  void shouldLinkTheCapabilities() {
    driver.bus().add(new TestFunction("test0").function);

    int msix = driver.capabilities(1, 0x11).get(0);
    int vendor = driver.capabilities(1, 0x09).get(0);

    assertEquals(3, driver.read(1, msix + 2, 2));
    assertEquals(TestFunction.TABLE, driver.read(1, msix + 4, 4));
    assertEquals(TestFunction.PENDING, driver.read(1, msix + 8, 4));
    assertEquals(0x020105, driver.read(1, vendor + 2, 4) & 0xff_ffff);
  }

  @Test
  void shouldTellWhichBusIsFull() {
    for (int i = 0; i < PciBus.MAX_DEVICES; i++) {
      assertEquals(i + 1, driver.bus().add(new TestFunction("test" + i).function));
    }

    IllegalStateException e =
        assertThrows(
            IllegalStateException.class, () -> driver.bus().add(new TestFunction("x").function));

    assertEquals("x: the PCI bus has room for 31 devices", e.getMessage());
  }

  @Test
  void shouldForgetTheAddressPort_whenReset() {
    driver.out(ADDRESS, 4, ENABLE | 0x40);

    driver.bus().reset();

    assertEquals(0, driver.in(ADDRESS, 4));
  }

  @Test
  void shouldGoOnFromASavedState() {
    driver.out(ADDRESS, 4, ENABLE | 0x3c);
    driver.out(DATA, 1, 7);
    PciBusState state = driver.bus().save();
    PciDriver other = new PciDriver();

    other.bus().restore(state);

    assertEquals(7, other.in(DATA, 1));
    assertEquals(state, other.bus().save());
  }
}
