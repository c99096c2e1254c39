package dev.javisor.internal.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.javisor.internal.bus.BusDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarTest {
  private static final long AWAY = PciDriver.WINDOW_64 + 0x123_4000;

  private final PciDriver driver = new PciDriver();
  private final TestFunction test = new TestFunction("test0");

  private void add(TestFunction added) {
    driver.bus().add(added.function);
  }

  private void addSilently(TestFunction added) {
    add(added);
    driver.decode(1, false);
    added.moves.clear();
  }

  @Test
  void shouldAnswerAtOnce() {
    add(test);

    assertEquals(0, driver.load(PciDriver.WINDOW_64, 4));
    assertEquals(List.of("0 at %x".formatted(PciDriver.WINDOW_64)), test.moves);
    assertTrue(test.function.busMaster());
  }

  @Test
  void shouldTellTheSizeOfABar() {
    add(test);
    long start = driver.bar64(1, 0);

    driver.moveBar64(1, 0, -1);

    assertEquals(-TestFunction.SIZE, driver.bar64(1, 0));
    assertEquals(PciDriver.WINDOW_64, start);
    assertEquals(4, driver.read(1, 0x10, 1) & 0xf);
  }

  @Test
  void shouldPutBarsOf32BitsBelow4Gib() {
    BusDevice nothing = test;
    PciFunction function =
        PciFunction.builder("x", new PciIdentity(1, 2, 3, 4, 5, 6))
            .bar(Bar.memory32(0, 16, nothing))
            .bar(new Bar(2, 1 << 20, false, true, nothing))
            .build();

    driver.bus().add(function);

    assertEquals(PciDriver.WINDOW_32, driver.read(1, 0x10, 4));
    assertEquals(PciDriver.WINDOW_32 + (1 << 20) + 8, driver.read(1, 0x18, 4));
    driver.write(1, 0x10, 4, -1);
    driver.write(1, 0x18, 4, -1);
    assertEquals(0xffff_fff0L, driver.read(1, 0x10, 4));
    assertEquals(0xfff0_0008L, driver.read(1, 0x18, 4));
    assertEquals(0, driver.read(1, 0x14, 4));
  }

  @Test
  void shouldAnswerOnlyWhileDecoding() {
    addSilently(test);
    long bar = driver.bar64(1, 0);

    driver.store(bar, 4, 1);
    assertEquals(0xffff_ffffL, driver.load(bar, 4));
    driver.decode(1, true);
    assertEquals(0, driver.load(bar, 4));
    driver.store(bar, 4, 0x1234);
    assertEquals(0x1234, driver.load(bar, 4));
    driver.decode(1, false);
    assertEquals(0xffff_ffffL, driver.load(bar, 4));

    assertEquals(List.of("0 at %x".formatted(bar), "0 gone"), test.moves);
  }

  @Test
  void shouldMove_whenDecodingIsOff() {
    addSilently(test);

    driver.moveBar64(1, 0, AWAY);
    assertTrue(test.moves.isEmpty());
    driver.decode(1, true);

    assertEquals(List.of("0 at %x".formatted(AWAY)), test.moves);
    assertEquals(0, driver.load(AWAY, 4));
    assertEquals(0xffff_ffffL, driver.load(PciDriver.WINDOW_64, 4));
  }

  @Test
  void shouldMove_whenDecodingIsOn() {
    add(test);
    driver.decode(1, true);
    test.moves.clear();

    driver.moveBar64(1, 0, AWAY);

    assertEquals(List.of("0 gone", "0 at %x".formatted(AWAY)), test.moves);
    assertEquals(0, driver.load(AWAY, 4));
    assertEquals(0xffff_ffffL, driver.load(PciDriver.WINDOW_64, 4));
  }

  @Test
  void shouldComeBack_whenSizedWithDecodingOn() {
    add(test);
    driver.decode(1, true);
    long start = driver.bar64(1, 0);
    driver.moveBar64(1, 0, -1);
    assertEquals(0xffff_ffffL, driver.load(start, 4));

    driver.moveBar64(1, 0, start);

    assertEquals(0, driver.load(start, 4));
  }

  @Test
  void shouldAnswerNowhereOutsideTheWindows() {
    add(test);
    driver.decode(1, true);
    test.moves.clear();

    driver.moveBar64(1, 0, 0);
    driver.moveBar64(1, 0, 0xfee0_0000L);
    driver.moveBar64(1, 0, -0x1000);

    assertEquals(List.of("0 gone"), test.moves);
  }

  @Test
  void shouldAnswerInBothWindows() {
    add(test);
    driver.decode(1, true);
    long last = PciDriver.WINDOW_32 + PciDriver.WINDOW_SIZE - TestFunction.SIZE;

    driver.moveBar64(1, 0, last);

    assertEquals(0, driver.load(last, 8));
  }

  @Test
  void shouldLetTheFirstFunctionAnswer_whenBarsOverlap() {
    TestFunction second = new TestFunction("test1");
    add(test);
    add(second);
    second.content = 2;
    driver.decode(1, true);
    driver.decode(2, true);
    long bar = driver.bar64(2, 0);
    second.moves.clear();

    driver.moveBar64(1, 0, bar);

    assertEquals(0, driver.load(bar, 4));
    assertEquals(List.of("0 gone"), second.moves);
    driver.decode(1, false);
    assertEquals(2, driver.load(bar, 4));
    assertEquals(List.of("0 gone", "0 at %x".formatted(bar)), second.moves);
  }

  @Test
  void shouldReadAllOnes_whenAnAccessRunsPastTheBar() {
    add(test);
    driver.decode(1, true);
    long bar = driver.bar64(1, 0);

    assertEquals(-1L, driver.load(bar + TestFunction.SIZE - 4, 8));
    driver.store(bar + TestFunction.SIZE - 4, 8, 1);
    assertEquals(0, driver.load(bar + TestFunction.SIZE - 4, 4));
  }

  @Test
  void shouldReturnToItsStart_whenReset() {
    add(test);
    long start = driver.bar64(1, 0);
    driver.moveBar64(1, 0, AWAY);
    test.moves.clear();

    test.function.reset();

    assertEquals(start, driver.bar64(1, 0));
    assertEquals(6, driver.read(1, PciDriver.COMMAND, 2));
    assertEquals(List.of("0 gone", "0 at %x".formatted(start)), test.moves);
  }

  @Test
  void shouldRefuseWhatDoesNotFit() {
    assertThrows(IllegalArgumentException.class, () -> Bar.memory32(6, 16, test));
    assertThrows(IllegalArgumentException.class, () -> Bar.memory64(5, 16, test));
    assertThrows(IllegalArgumentException.class, () -> Bar.memory32(0, 48, test));
    assertThrows(IllegalArgumentException.class, () -> Bar.memory32(0, 8, test));
    PciFunction.Builder builder =
        PciFunction.builder("x", new PciIdentity(1, 2, 3, 4, 5, 6)).bar(Bar.memory64(0, 16, test));
    assertThrows(IllegalArgumentException.class, () -> builder.bar(Bar.memory32(1, 16, test)));
    assertThrows(
        IllegalArgumentException.class,
        () -> builder.msix(new MsixLayout(0, 0, 8, 1), test.lines).build());
  }

  @Test
  void shouldTellWhichWindowIsFull() {
    PciFunction big =
        PciFunction.builder("big", new PciIdentity(1, 2, 3, 4, 5, 6))
            .bar(Bar.memory64(0, 2 * PciDriver.WINDOW_SIZE, test))
            .build();

    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> driver.bus().add(big));

    assertEquals(
        "big BAR 0: no 0x20000000 bytes left in the PCI window 0x100000000-0x10fffffff",
        e.getMessage());
  }
}
