package dev.javisor.internal.pci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MsixTest {
  private static final int ENABLE = 0x8000;
  private static final int FUNCTION_MASK = 0x4000;
  private static final long LAPIC = 0xfee0_0000L;

  private final PciDriver driver = new PciDriver();
  private final TestFunction test = new TestFunction("test0");
  private final Msix msix = test.function.msix();
  private long bar;

  @BeforeEach
  void decode() {
    driver.bus().add(test.function);
    driver.decode(1, true);
    bar = driver.bar64(1, 0);
  }

  private void control(int value) {
    driver.write(1, driver.capabilities(1, 0x11).get(0) + 2, 2, value);
  }

  private void message(int vector, int data) {
    long entry = bar + TestFunction.TABLE + 16L * vector;
    driver.store(entry, 4, LAPIC);
    driver.store(entry + 4, 4, 0);
    driver.store(entry + 8, 4, data);
  }

  private void mask(int vector, boolean masked) {
    driver.store(bar + TestFunction.TABLE + 16L * vector + 12, 4, masked ? 1 : 0);
  }

  private long pending() {
    return driver.load(bar + TestFunction.PENDING, 8);
  }

  private void open(int vector, int data) {
    message(vector, data);
    mask(vector, false);
  }

  @Test
  void shouldSendTheMessage_whenEnabledAndUnmasked() {
    control(ENABLE);
    open(2, 0x41);

    msix.trigger(2);

    assertEquals(List.of("fee00000:41"), test.lines.sent());
    assertEquals(0, pending());
  }

  @Test
  void shouldStartMasked() {
    for (int vector = 0; vector < 4; vector++) {
      assertEquals(1, driver.load(bar + TestFunction.TABLE + 16L * vector + 12, 4));
    }
    assertFalse(msix.enabled());
  }

  @Test
  void shouldSendNothing_whenMsixIsOff() {
    open(0, 0x41);

    msix.trigger(0);
    assertEquals(0, pending());
    control(ENABLE);

    assertEquals(List.of(), test.lines.sent());
  }

  @Test
  void shouldSendLater_whenTheVectorWasMasked() {
    control(ENABLE);
    message(1, 0x41);

    msix.trigger(1);
    msix.trigger(1);
    assertEquals(List.of(), test.lines.sent());
    assertEquals(2, pending());
    mask(1, false);

    assertEquals(List.of("fee00000:41"), test.lines.sent());
    assertEquals(0, pending());
  }

  @Test
  void shouldSendLater_whenTheFunctionWasMasked() {
    control(ENABLE | FUNCTION_MASK);
    open(0, 0x41);
    open(3, 0x44);

    msix.trigger(0);
    msix.trigger(3);
    assertEquals(List.of(), test.lines.sent());
    assertEquals(9, pending());
    control(ENABLE);

    assertEquals(List.of("fee00000:41", "fee00000:44"), test.lines.sent());
  }

  @Test
  void shouldSendTheNewMessage_whenItWasChangedWhileMasked() {
    control(ENABLE);
    open(0, 0x41);
    mask(0, true);
    msix.trigger(0);
    message(0, 0x52);

    mask(0, false);

    assertEquals(List.of("fee00000:52"), test.lines.sent());
  }

  @Test
  void shouldKeepTheRoute_whenMaskedAndUnmasked() {
    control(ENABLE);
    open(0, 0x41);

    mask(0, true);
    mask(0, false);

    assertEquals(1, test.lines.routings());
  }

  @Test
  void shouldForgetWhatIsPending_whenMsixIsTurnedOff() {
    control(ENABLE);
    message(0, 0x41);
    msix.trigger(0);

    control(0);
    assertEquals(0, pending());
    control(ENABLE);
    mask(0, false);

    assertEquals(List.of(), test.lines.sent());
  }

  @Test
  void shouldSendAgain_whenMsixWasOffInBetween() {
    control(ENABLE);
    open(0, 0x41);
    control(0);
    msix.trigger(0);

    control(ENABLE);
    msix.trigger(0);

    assertEquals(List.of("fee00000:41"), test.lines.sent());
  }

  @Test
  void shouldReadBackTheTable_whateverTheWidth() {
    long entry = bar + TestFunction.TABLE + 16;
    driver.store(entry, 8, 0x1122_3344_fee0_1003L);
    driver.store(entry + 8, 8, 0xffff_fffe_8765_4321L);

    assertEquals(0x1122_3344_fee0_1000L, driver.load(entry, 8));
    assertEquals(0x8765_4321L, driver.load(entry + 8, 8));
    assertEquals(0x43, driver.load(entry + 9, 1));
    assertEquals(0x8765, driver.load(entry + 10, 2));
  }

  @Test
  void shouldIgnoreNarrowWritesToTheTableAndAllToThePendingBits() {
    driver.store(bar + TestFunction.TABLE + 8, 2, 0x1234);
    driver.store(bar + TestFunction.TABLE + 9, 4, 0x1234);
    driver.store(bar + TestFunction.PENDING, 8, -1);

    assertEquals(0, driver.load(bar + TestFunction.TABLE + 8, 4));
    assertEquals(0, pending());
  }

  @Test
  void shouldIgnoreVectorsThatAreNotThere() {
    control(ENABLE);

    msix.trigger(4);
    msix.trigger(-1);
    msix.trigger(0xffff);

    assertEquals(0, pending());
    assertEquals(List.of(), test.lines.sent());
  }

  @Test
  void shouldShowPendingBitsBehindTheFirst64Vectors() {
    TestFunction registers = new TestFunction("other");
    PciFunction many =
        PciFunction.builder("many", new PciIdentity(1, 2, 3, 4, 5, 6))
            .bar(Bar.memory32(0, 4096, registers))
            .msix(new MsixLayout(0, 0, 0x800, 70), test.lines)
            .build();
    driver.bus().add(many);
    driver.decode(2, true);
    driver.write(2, driver.capabilities(2, 0x11).get(0) + 2, 2, ENABLE);

    many.msix().trigger(69);

    long at = driver.read(2, 0x10, 4);
    assertEquals(0, driver.load(at + 0x800, 8));
    assertEquals(1 << 5, driver.load(at + 0x808, 8));
    assertEquals(1 << 5, driver.load(at + 0x808, 1));
    assertEquals(0, driver.load(at + 0x810, 8));
  }

  @Test
  void shouldBeOffAndMasked_whenReset() {
    control(ENABLE);
    open(0, 0x41);
    message(1, 0x42);
    msix.trigger(1);

    test.function.reset();
    msix.trigger(0);
    driver.decode(1, true);

    assertEquals(List.of(), test.lines.sent());
    assertEquals(0, pending());
    assertEquals(1, driver.load(bar + TestFunction.TABLE + 12, 4));
    assertEquals(0, driver.load(bar + TestFunction.TABLE, 8));
  }

  @Test
  void shouldGoOnFromASavedState() {
    control(ENABLE);
    open(0, 0x41);
    message(1, 0x42);
    msix.trigger(1);
    driver.moveBar64(1, 0, bar + 0x10_0000);
    PciFunctionState state = test.function.save();
    PciDriver otherDriver = new PciDriver();
    TestFunction other = new TestFunction("test0");
    otherDriver.bus().add(other.function);

    other.function.restore(state);

    assertEquals(state, other.function.save());
    assertEquals("0 at %x".formatted(bar + 0x10_0000), other.moves.get(other.moves.size() - 1));
    other.function.msix().trigger(0);
    otherDriver.store(bar + 0x10_0000 + TestFunction.TABLE + 16 + 12, 4, 0);
    assertEquals(List.of("fee00000:41", "fee00000:42"), other.lines.sent());
  }

  @Test
  void shouldRefuseAnotherFunctionsState() {
    PciFunctionState state = test.function.save();
    PciFunction plain = PciFunction.builder("x", new PciIdentity(1, 2, 3, 4, 5, 6)).build();

    assertThrows(IllegalArgumentException.class, () -> plain.restore(state));
    assertThrows(IllegalArgumentException.class, () -> test.function.restore(plain.save()));
    assertThrows(
        IllegalArgumentException.class,
        () -> test.function.restore(new PciFunctionState(2, state.config(), state.msix())));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            test.function.restore(
                new PciFunctionState(1, state.config(), new MsixState(List.of()))));
    assertEquals(state, test.function.save());
  }

  @Test
  void shouldGiveAllInterruptsBack() {
    assertEquals(4, test.lines.open());

    test.function.close();

    assertEquals(0, test.lines.open());
  }

  @Test
  void shouldSurviveWhateverTheGuestWrites() {
    Random random = new Random(7);
    int[] sizes = {1, 2, 4, 8};
    for (int i = 0; i < 20_000; i++) {
      int size = sizes[random.nextInt(4)];
      long value = random.nextInt(4) == 0 ? bar + random.nextInt(1 << 14) : random.nextLong();
      switch (random.nextInt(5)) {
        case 0 -> driver.write(1, random.nextInt(4096), size, value);
        case 1 -> driver.read(1, random.nextInt(4096), size);
        case 2 -> driver.store(bar + random.nextInt(8192), size, value);
        case 3 -> driver.load(bar + random.nextInt(8192), size);
        default -> msix.trigger(random.nextInt(5));
      }
    }

    test.function.reset();
    driver.decode(1, true);
    control(ENABLE);
    open(0, 0x41);
    test.lines.sent();
    msix.trigger(0);
    assertEquals(List.of("fee00000:41"), test.lines.sent());
    assertTrue(test.moves.size() > 1);
  }
}
