package dev.javisor.internal.packages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExternalCommandTest {
  private final AtomicInteger ticks = new AtomicInteger();

  @TempDir Path folder;

  private ExternalCommand command(Duration limit) {
    return new ExternalCommand(limit, ticks::incrementAndGet);
  }

  private ExternalCommand.Result shell(String script) throws IOException {
    return command(Duration.ofSeconds(30)).run(folder, List.of("sh", "-c", script));
  }

  @Test
  void shouldTellHowAProgramEnded() throws IOException {
    ExternalCommand.Result result = shell("pwd; echo oops >&2; cat; exit 3");

    assertEquals(3, result.status());
    assertEquals(folder.toRealPath() + "\n", result.out());
    assertEquals("oops", result.words());
  }

  @Test
  void shouldTakeAnyAmountOfOutput() throws IOException {
    ExternalCommand.Result result = shell("head -c 300000 /dev/zero | tr '\\0' x; echo; exit 1");

    assertEquals(300_001, result.out().length());
    assertTrue(result.words().length() < 5000);
  }

  @Test
  void shouldStopAProgramAndItsChildren_whenTheTimeIsUp() throws Exception {
    Path pid = folder.resolve("pid");

    IOException e =
        assertThrows(
            IOException.class,
            () ->
                command(Duration.ofSeconds(1))
                    .run(folder, List.of("sh", "-c", "sleep 60 & echo $! > pid; wait")));

    assertTrue(e.getMessage().contains("sleep 60"), e.getMessage());
    assertTrue(ticks.get() > 0);
    long child = Long.parseLong(Files.readString(pid).strip());
    for (int i = 0; i < 100 && isRunning(child); i++) {
      Thread.sleep(50);
    }
    assertTrue(!isRunning(child));
  }

  private static boolean isRunning(long pid) throws IOException {
    Path stat = Path.of("/proc", Long.toString(pid), "stat");
    // One that nobody waited for yet is dead all the same.
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }

  @Test
  void shouldStopAProgram_whenItsThreadIsInterrupted() {
    Thread.currentThread().interrupt();

    assertThrows(InterruptedIOException.class, () -> shell("sleep 60"));

    assertTrue(Thread.interrupted());
  }

  @Test
  void shouldFail_whenThereIsNoSuchProgram() {
    assertThrows(
        IOException.class,
        () -> command(Duration.ofSeconds(5)).run(folder, List.of("/no/such/program")));
  }
}
