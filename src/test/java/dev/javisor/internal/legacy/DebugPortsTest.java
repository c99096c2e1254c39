package dev.javisor.internal.legacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DebugPortsTest {
  private long nanos;
  private final List<DebugCode> heard = new ArrayList<>();
  private final DebugPort port = LegacyDevices.debugPort("debug", () -> nanos, heard::add);
  private final StringBuilder output = new StringBuilder();
  private final LegacyDevice<NoState> console =
      LegacyDevices.debugConsole("debugcon", b -> output.append((char) b));

  @Test
  void shouldTellEachCodeWithItsTime() {
    nanos = 5;
    port.write(0, 1, 0x40);
    nanos = 9;
    port.write(0, 1, 0x41);

    List<DebugCode> expected = List.of(new DebugCode(0x40, 5), new DebugCode(0x41, 9));
    assertEquals(expected, heard);
    assertEquals(expected, port.recent());
  }

  @Test
  void shouldKeepTheNewestCodes_whenThereAreMany() {
    for (int i = 0; i < 100; i++) {
      port.write(0, 1, i);
    }

    assertEquals(100, port.count());
    assertEquals(16, port.recent().size());
    assertEquals(84, port.recent().get(0).code());
    assertEquals(99, port.recent().get(15).code());
  }

  @Test
  void shouldReadBackTheLastCode_alsoWhenRestored() {
    port.write(0, 1, 0x1ff);
    DebugPortState state = port.save();

    port.reset();
    assertEquals(0, port.read(0, 1));
    port.restore(state);

    assertEquals(0xff, port.read(0, 1));
  }

  @Test
  void shouldRefuseHostileStates() {
    assertThrows(IllegalArgumentException.class, () -> port.restore(new DebugPortState(2, 0)));
    assertThrows(IllegalArgumentException.class, () -> port.restore(new DebugPortState(1, 256)));
    assertThrows(IllegalArgumentException.class, () -> console.restore(new NoState(0)));
  }

  @Test
  void shouldPrintOnTheDebugConsole() {
    for (char c : "SEC".toCharArray()) {
      console.write(0, 1, c);
    }
    console.write(1, 1, '!');

    assertEquals("SEC", output.toString());
    assertEquals(0xe9, console.read(0, 1));
  }
}
