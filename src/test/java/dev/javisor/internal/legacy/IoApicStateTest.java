package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reset, save and restore, and hostile guests. */
class IoApicStateTest extends IoApicFixture {
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
}
