package dev.javisor.internal.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PanicWatchTest {
  private static final String PANIC =
      "[    1.5] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n";
  private static final String MESSAGE = "VFS: Unable to mount root fs on unknown-block(0,0)";

  private final PanicWatch watch = new PanicWatch();

  @Test
  void shouldTellTheMessageOnce_whenItsLineIsComplete() {
    assertEquals(List.of(MESSAGE), write(PANIC));
    assertEquals(MESSAGE, watch.pending());
  }

  @Test
  void shouldIgnoreTheClosingLineOfAPanic() {
    write(PANIC);

    assertEquals(
        List.of(), write("[    1.6] ---[ end Kernel panic - not syncing: VFS: Unable ]---\r\n"));
    assertEquals(MESSAGE, watch.pending());
  }

  @Test
  void shouldTellThatAPanicIsEndless_whenItsClosingLineIsThere() {
    write(PANIC);
    assertNull(watch.endless());

    write("[    1.6] ---[ end Kernel panic - not syncing: VFS: Unable ]---\r\n");
    assertEquals(MESSAGE, watch.endless());
    watch.reset();

    assertNull(watch.endless());
  }

  @Test
  void shouldFindItBehindAProgramsUnfinishedOutput() {
    assertEquals(List.of(MESSAGE), write("x".repeat(100_000) + PANIC));
  }

  @Test
  void shouldForget_whenTheKernelGoesDownInGoodOrder() {
    for (String end : List.of("Restarting system", "Power down", "System halted")) {
      write(PANIC);
      write("[    9.9] reboot: " + end + "\r\n");
      assertNull(watch.pending(), end);
    }
  }

  @Test
  void shouldForget_whenTheGuestStartsAnew() {
    write(PANIC + "Kernel panic - not syncing: half");

    watch.reset();

    assertNull(watch.pending());
    assertEquals(List.of(), write(" a line\n"));
  }

  @Test
  void shouldSeeNothing_whenNobodyPanics() {
    assertEquals(List.of(), write("Kernel panic\nnot syncing: x\nKernel panic - not sync\n"));
    assertNull(watch.pending());
  }

  private List<String> write(String text) {
    List<String> found = new ArrayList<>();
    for (byte b : text.getBytes(UTF_8)) {
      String message = watch.accept(b);
      if (message != null) {
        found.add(message);
      }
    }
    return found;
  }
}
