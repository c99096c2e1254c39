package dev.javisor.internal.legacy;

import static dev.javisor.internal.legacy.SerialDriver.SCR;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reset, pause, save and restore, and hostile guests. */
class SerialStateTest extends SerialFixture {
  @Test
  void shouldStartOver_whenReset() {
    driver.open();
    type(port, "left over");
    driver.out(SCR, 0x77);
    SerialState fresh = newPort(SerialConfig.DEFAULT).save();

    port.reset();

    assertEquals(fresh, port.save());
  }

  @Test
  void shouldTellOfRoom_whenResetDropsTheInput() {
    SerialPort small = connectSmall();
    type(small, "abcdefghijkl");

    small.reset();

    assertEquals(1, roomNotices);
  }

  @Test
  void shouldBeStill_whileQuiesced() {
    driver.open();
    driver.serveInterrupts();
    port.quiesce();

    assertEquals(3, type(port, "abc"));
    assertEquals(0, driver.edges);
    port.resume();
    driver.serveInterrupts();

    assertEquals("abc", driver.received());
  }

  @Test
  void shouldGoOnInANewPort_whenRestored() {
    driver.open();
    type(port, "a line longer than the FIFO");
    port.quiesce();
    SerialState state = port.save();
    SerialPort copy = newPort(SerialConfig.DEFAULT);
    driver.connect(copy);
    driver.edges = 0;

    copy.quiesce();
    copy.restore(state);
    assertEquals(state, copy.save());
    assertEquals(0, driver.edges);
    copy.resume();

    assertEquals(1, driver.edges, "the edge may be lost with the old machine");
    driver.serveInterrupts();
    assertEquals("a line longer than the FIFO", driver.received());
  }

  private static SerialState state(int version, int ier, int fcr, int mcr, List<Integer> fifo) {
    return new SerialState(version, ier, fcr, 0, mcr, 0, 0, 0, 1, false, fifo, List.of());
  }

  @Test
  void shouldRefuseHostileStates() {
    SerialState before = port.save();

    List<SerialState> hostile =
        List.of(
            state(2, 0, 0, 0, List.of()),
            state(0, 0, 0, 0, List.of()),
            state(1, 0x10, 0, 0, List.of()),
            state(1, 0, 0x02, 0, List.of()),
            state(1, 0, 0, -1, List.of()),
            state(1, 0, 0, 0, List.of(1, 2)),
            state(1, 0, 1, 0, List.of(256)),
            state(1, 0, 1, 0, Collections.nCopies(17, 0)),
            new SerialState(1, 0, 0, 256, 0, 0, 0, 0, 1, false, List.of(), List.of()),
            new SerialState(1, 0, 0, 0, 0, 0x80, 0, 0, 1, false, List.of(), List.of()),
            new SerialState(1, 0, 0, 0, 0, 0, 0x10, 0, 1, false, List.of(), List.of()),
            new SerialState(1, 0, 0, 0, 0, 0, 0, 256, 1, false, List.of(), List.of()),
            new SerialState(1, 0, 0, 0, 0, 0, 0, 0, 0x10000, false, List.of(), List.of()),
            new SerialState(
                1, 0, 0, 0, 0, 0, 0, 0, 1, false, List.of(), Collections.nCopies(5000, 0)));

    for (SerialState state : hostile) {
      assertThrows(IllegalArgumentException.class, () -> port.restore(state), state.toString());
    }
    assertEquals(before, port.save());
  }

  @Test
  void shouldSurviveRandomAccesses() {
    long seed = 16550;
    Random random = new Random(seed);
    SerialPort copy = newPort(SerialConfig.DEFAULT);
    for (int i = 0; i < 50_000; i++) {
      int size = 1 << random.nextInt(4);
      long offset = random.nextInt(20) == 0 ? random.nextLong() : random.nextInt(10);
      switch (random.nextInt(4)) {
        case 0 -> port.read(offset, size);
        case 1 -> type(port, "x".repeat(random.nextInt(30)));
        default -> port.write(offset, size, random.nextLong());
      }
      if (i % 100 == 0) {
        SerialState state = port.save();
        copy.restore(state);
        assertEquals(state, copy.save(), "seed " + seed + ", step " + i);
      }
    }
    assertFalse(output.isEmpty());
  }
}
