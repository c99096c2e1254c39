package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IoApicTest {
  private static final int SELECT = 0x00;
  private static final int WINDOW = 0x10;
  private static final int LEVEL = 0x8000;
  private static final int REMOTE_IRR = 0x4000;
  private static final int MASKED = 0x1_0000;

  /** Notes routes as text and signals as pins. */
  private static final class Recorder implements MsiRouter {
    final List<String> routes = new ArrayList<>();
    final List<Integer> signals = new ArrayList<>();

    @Override
    public void route(int pin, long msiAddress, int msiData, boolean masked) {
      routes.add(masked ? pin + " masked" : "%d %x %x".formatted(pin, msiAddress, msiData));
    }

    @Override
    public void signal(int pin) {
      signals.add(pin);
    }
  }

  private final Recorder router = new Recorder();
  private final IoApic ioApic = newIoApic(false);

  private IoApic newIoApic(boolean extended) {
    return LegacyDevices.ioApic("ioapic", new IoApicConfig(extended), router);
  }

  private static int in(IoApic chip, int register) {
    chip.write(SELECT, 4, register);
    return (int) chip.read(WINDOW, 4);
  }

  private static void out(IoApic chip, int register, int value) {
    chip.write(SELECT, 4, register);
    chip.write(WINDOW, 4, value & 0xffff_ffffL);
  }

  /** Writes an entry as Linux does: the upper half first, as the lower one unmasks. */
  private static void setEntry(IoApic chip, int pin, int low, int high) {
    out(chip, 0x11 + 2 * pin, high);
    out(chip, 0x10 + 2 * pin, low);
  }

  private int low(int pin) {
    return in(ioApic, 0x10 + 2 * pin);
  }

  @Test
  void shouldTellVersionAndPins() {
    assertEquals(0x0017_0011, in(ioApic, 1));
  }

  @Test
  void shouldStartMasked() {
    for (int pin = 0; pin < IoApic.PINS; pin++) {
      assertEquals(MASKED, low(pin));
      assertEquals(0, in(ioApic, 0x11 + 2 * pin));
    }
    assertEquals(List.of(), router.routes);
  }

  @Test
  void shouldKeepTheId() {
    out(ioApic, 0, 0xff00_1234);

    assertEquals(0x0f00_0000, in(ioApic, 0));
    assertEquals(0x0f00_0000, in(ioApic, 2), "the arbitration id follows");
  }

  @Test
  void shouldIgnoreWritesToReadOnlyRegisters() {
    out(ioApic, 1, 0);
    out(ioApic, 2, 0x0300_0000);
    out(ioApic, 0x40, -1);

    assertEquals(0x0017_0011, in(ioApic, 1));
    assertEquals(0, in(ioApic, 2));
    assertEquals(0, in(ioApic, 0x40));
  }

  @Test
  void shouldSelectByAByte() {
    ioApic.write(SELECT, 1, 1);

    assertEquals(0x0017_0011, ioApic.read(WINDOW, 4));
    assertEquals(1, ioApic.read(SELECT, 1));
  }

  @Test
  void shouldRoutePhysicalFixed() {
    setEntry(ioApic, 4, 0x34, 0x0300_0000);

    assertEquals(List.of("4 fee03000 34"), router.routes);
    assertEquals(0x34, low(4));
  }

  @Test
  void shouldRouteLogicalLowestPriorityLevel() {
    setEntry(ioApic, 9, LEVEL | 0x2000 | 0x0800 | 0x0100 | 0x51, 0xff00_0000);

    assertEquals(List.of("9 feeff004 c151"), router.routes);
  }

  @Test
  void shouldDropDestinationBitsAboveEight_whenIdsAreNotExtended() {
    setEntry(ioApic, 4, 0x34, 0x03fe_0000);

    assertEquals(List.of("4 fee03000 34"), router.routes);
    assertEquals(0x0300_0000, in(ioApic, 0x19));
  }

  @Test
  void shouldRouteFifteenBitDestinations_whenIdsAreExtended() {
    IoApic extended = newIoApic(true);
    int destination = 0x1234;

    setEntry(extended, 4, 0x34, (destination & 0xff) << 24 | destination >> 8 << 17);

    assertEquals(List.of("4 fee34240 34"), router.routes);
  }

  @Test
  void shouldTellTheRouterOnlyWhatChanges() {
    setEntry(ioApic, 4, MASKED | 0x34, 0);
    assertEquals(List.of(), router.routes, "still masked");

    setEntry(ioApic, 4, 0x34, 0);
    setEntry(ioApic, 4, 0x34, 0);
    out(ioApic, 0x18, MASKED | 0x34);
    out(ioApic, 0x18, MASKED | 0x35);

    assertEquals(List.of("4 fee00000 34", "4 masked"), router.routes);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x00f, 0x10f, 0x334, 0x634, 0x734})
  void shouldStaySilent_whenTheMessageReachesNoCpu(int low) {
    setEntry(ioApic, 4, low, 0);

    ioApic.line(4).trigger();

    assertEquals(List.of(), router.routes);
    assertEquals(List.of(), router.signals);
    assertEquals(low, low(4));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x200, 0x400, 0x500})
  void shouldRouteMessagesWithoutAVector(int low) {
    setEntry(ioApic, 4, low, 0);

    assertEquals(List.of("4 fee00000 %x".formatted(low)), router.routes);
  }

  @Test
  void shouldSignalEachEdge() {
    setEntry(ioApic, 4, 0x34, 0);

    ioApic.line(4).trigger();
    ioApic.line(4).trigger();

    assertEquals(List.of(4, 4), router.signals);
    assertEquals(0x34, low(4));
  }

  @Test
  void shouldLoseEdges_whenMasked() {
    ioApic.line(4).trigger();

    setEntry(ioApic, 4, 0x34, 0);

    assertEquals(List.of(), router.signals);
  }

  @Test
  void shouldSignalOnce_whenALevelRisesOnAnEdgePin() {
    setEntry(ioApic, 4, 0x34, 0);

    ioApic.setLevel(4, true);
    ioApic.setLevel(4, true);
    ioApic.setLevel(4, false);

    assertEquals(List.of(4), router.signals);
  }

  @Test
  void shouldSignalAgainAtTheEnd_whenALevelStaysHigh() {
    setEntry(ioApic, 9, LEVEL | 0x51, 0);

    ioApic.setLevel(9, true);
    ioApic.setLevel(9, true);
    assertEquals(List.of(9), router.signals);
    assertEquals(LEVEL | REMOTE_IRR | 0x51, low(9));
    ioApic.endOfInterrupt(0x51);
    assertEquals(List.of(9, 9), router.signals);
    ioApic.setLevel(9, false);
    ioApic.endOfInterrupt(0x51);

    assertEquals(List.of(9, 9), router.signals);
    assertEquals(LEVEL | 0x51, low(9));
  }

  @Test
  void shouldIgnoreEndsOfOtherVectors() {
    setEntry(ioApic, 9, LEVEL | 0x51, 0);
    ioApic.setLevel(9, true);

    ioApic.endOfInterrupt(0x52);
    ioApic.endOfInterrupt(-1);

    assertEquals(List.of(9), router.signals);
  }

  @Test
  void shouldEndWhatNoLocalApicHolds_whenRestoredWithAnEndNotTold() {
    setEntry(ioApic, 9, LEVEL | 0x51, 0);
    setEntry(ioApic, 10, LEVEL | 0x52, 0);
    ioApic.setLevel(9, true);
    ioApic.setLevel(10, true);
    IoApic heir = newIoApic(false);
    heir.restore(ioApic.save());
    router.signals.clear();

    heir.endInterruptsNotHeld(vector -> vector == 0x52);

    assertEquals(List.of(9), router.signals);
  }

  @Test
  void shouldKeepAnEdgeForLater_whenItsLevelPinIsBeingServed() {
    setEntry(ioApic, 4, LEVEL | 0x34, 0);

    ioApic.line(4).trigger();
    ioApic.line(4).trigger();
    ioApic.line(4).trigger();
    assertEquals(List.of(4), router.signals);
    ioApic.endOfInterrupt(0x34);
    ioApic.endOfInterrupt(0x34);

    assertEquals(List.of(4, 4), router.signals);
  }

  @Test
  void shouldSignal_whenAPinWithAHighLevelIsUnmasked() {
    setEntry(ioApic, 9, MASKED | LEVEL | 0x51, 0);
    ioApic.setLevel(9, true);
    assertEquals(List.of(), router.signals);

    setEntry(ioApic, 9, LEVEL | 0x51, 0);

    assertEquals(List.of(9), router.signals);
  }

  @Test
  void shouldEndAMaskedInterrupt() {
    setEntry(ioApic, 9, LEVEL | 0x51, 0);
    ioApic.setLevel(9, true);

    setEntry(ioApic, 9, MASKED | LEVEL | 0x51, 0);
    ioApic.endOfInterrupt(0x51);
    assertEquals(List.of(9), router.signals);
    setEntry(ioApic, 9, LEVEL | 0x51, 0);

    assertEquals(List.of(9, 9), router.signals);
  }

  @Test
  void shouldNotLetTheGuestSetRemoteIrr() {
    setEntry(ioApic, 9, MASKED | LEVEL | REMOTE_IRR | 0x1000 | 0x51, 0);

    assertEquals(MASKED | LEVEL | 0x51, low(9));
  }

  @Test
  void shouldClearAStuckRemoteIrr_whenSwitchedToEdgeAndBack() {
    setEntry(ioApic, 9, LEVEL | 0x51, 0);
    ioApic.line(9).trigger();
    assertEquals(LEVEL | REMOTE_IRR | 0x51, low(9));

    setEntry(ioApic, 9, MASKED | 0x51, 0);
    setEntry(ioApic, 9, MASKED | LEVEL | 0x51, 0);

    assertEquals(MASKED | LEVEL | 0x51, low(9));
  }

  @Test
  void shouldNotRerouteAPin_whenItsInterruptIsServed() {
    setEntry(ioApic, 9, LEVEL | 0x51, 0);
    router.routes.clear();

    ioApic.line(9).trigger();
    out(ioApic, 0x10 + 18, LEVEL | 0x51);

    assertEquals(List.of(), router.routes);
  }

  @Test
  void shouldRefusePinsThatDoNotExist() {
    assertThrows(IndexOutOfBoundsException.class, () -> ioApic.line(24));
    assertThrows(IndexOutOfBoundsException.class, () -> ioApic.setLevel(-1, true));
  }

  @Test
  void shouldStartOver_whenReset() {
    setEntry(ioApic, 4, 0x34, 0);
    ioApic.setLevel(5, true);
    router.routes.clear();

    ioApic.reset();

    assertEquals(List.of("4 masked"), router.routes);
    assertEquals(newIoApic(false).save(), ioApic.save());
  }

  @Test
  void shouldGoOn_whenRestored() {
    setEntry(ioApic, 4, 0x34, 0);
    setEntry(ioApic, 9, LEVEL | 0x51, 0x0200_0000);
    ioApic.line(9).trigger();
    ioApic.line(9).trigger();
    IoApicState state = ioApic.save();
    router.routes.clear();
    router.signals.clear();

    IoApic copy = newIoApic(false);
    copy.restore(state);

    assertEquals(state, copy.save());
    assertEquals(List.of("4 fee00000 34", "9 fee02000 c051"), router.routes);
    assertEquals(List.of(), router.signals, "the local APIC has it in its own state");
    copy.endOfInterrupt(0x51);
    assertEquals(List.of(9), router.signals);
  }

  @Test
  void shouldRouteAgain_whenRestoredInPlace() {
    setEntry(ioApic, 4, 0x34, 0);
    router.routes.clear();

    ioApic.restore(ioApic.save());

    assertEquals(List.of("4 fee00000 34"), router.routes);
  }

  private static List<Long> entries(long first) {
    List<Long> entries = new ArrayList<>(Collections.nCopies(24, 0x1_0000L));
    entries.set(0, first);
    return entries;
  }

  @Test
  void shouldRefuseHostileStates() {
    IoApicState before = ioApic.save();

    List<IoApicState> hostile =
        List.of(
            new IoApicState(0, 0, 0, entries(0), 0, 0),
            new IoApicState(2, 0, 0, entries(0), 0, 0),
            new IoApicState(1, 16, 0, entries(0), 0, 0),
            new IoApicState(1, 0, 256, entries(0), 0, 0),
            new IoApicState(1, 0, 0, entries(0), 1 << 24, 0),
            new IoApicState(1, 0, 0, entries(0), 0, -1),
            new IoApicState(1, 0, 0, entries(0x2_0000), 0, 0),
            new IoApicState(1, 0, 0, entries(-1), 0, 0),
            new IoApicState(1, 0, 0, entries(1L << 49), 0, 0),
            new IoApicState(1, 0, 0, entries(REMOTE_IRR), 0, 0),
            new IoApicState(1, 0, 0, List.of(), 0, 0),
            new IoApicState(1, 0, 0, Collections.nCopies(25, 0L), 0, 0));

    for (IoApicState state : hostile) {
      assertThrows(IllegalArgumentException.class, () -> ioApic.restore(state), state.toString());
    }
    assertEquals(before, ioApic.save());
  }

  @Test
  void shouldSurviveRandomAccesses() {
    long seed = 82093;
    Random random = new Random(seed);
    IoApic chip = newIoApic(true);
    IoApic copy = newIoApic(true);
    for (int i = 0; i < 50_000; i++) {
      int size = 1 << random.nextInt(4);
      switch (random.nextInt(6)) {
        case 0 -> chip.read(random.nextBoolean() ? WINDOW : random.nextLong(), size);
        case 1 -> chip.write(random.nextInt(0x40), size, random.nextLong());
        case 2 -> chip.line(random.nextInt(24)).trigger();
        case 3 -> chip.setLevel(random.nextInt(24), random.nextBoolean());
        case 4 -> chip.endOfInterrupt(random.nextInt(256));
        default -> out(chip, random.nextInt(0x40), random.nextInt());
      }
      if (i % 100 == 0) {
        IoApicState state = chip.save();
        copy.restore(state);
        assertEquals(state, copy.save(), "seed " + seed + ", step " + i);
      }
    }
  }
}
