package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The registers and pins, by the eyes of a driver. */
class IoApicTest extends IoApicFixture {
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
}
