package dev.javisor.internal.console;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConsoleLogTest {
  private final AtomicInteger wakes = new AtomicInteger();

  @Test
  void shouldReturnWhatWasWritten() {
    ConsoleLog log = log(100);

    write(log, "hello");

    ConsoleLog.Chunk chunk = log.read(1, 3);
    assertEquals(1, chunk.position());
    assertEquals("ell", text(chunk));
    assertEquals(4, chunk.next());
    assertEquals(5, log.end());
    assertEquals(0, log.start());
  }

  @Test
  void shouldReturnNothing_whenThereIsNothingYet() {
    ConsoleLog log = log(100);
    write(log, "ab");

    ConsoleLog.Chunk chunk = log.read(2, 100);

    assertEquals(2, chunk.position());
    assertArrayEquals(new byte[0], chunk.bytes());
  }

  @Test
  void shouldForgetTheOldest_whenFull() {
    ConsoleLog log = log(4);

    write(log, "abcdefghij");

    assertEquals(6, log.start());
    ConsoleLog.Chunk chunk = log.read(0, 100);
    assertEquals(6, chunk.position());
    assertEquals("ghij", text(chunk));
  }

  @Test
  void shouldTellOnce_whenItBeginsToForget() {
    ConsoleLog log = log(2);

    assertFalse(log.append((byte) 'a'));
    assertFalse(log.append((byte) 'b'));
    assertTrue(log.append((byte) 'c'));
    assertFalse(log.append((byte) 'd'));
    assertFalse(log.append((byte) 'e'));
  }

  @Test
  void shouldKeepEverything_whileTheBufferGrows() {
    int capacity = 100_000;
    ConsoleLog log = log(capacity);

    for (int i = 0; i < 250_000; i++) {
      log.append((byte) i);
    }

    ConsoleLog.Chunk chunk = log.read(0, Integer.MAX_VALUE);
    assertEquals(150_000, chunk.position());
    byte[] expected = new byte[capacity];
    for (int i = 0; i < capacity; i++) {
      expected[i] = (byte) (150_000 + i);
    }
    assertArrayEquals(expected, chunk.bytes());
  }

  @Test
  void shouldWakeOnce_whenArmed() {
    ConsoleLog log = log(10);
    write(log, "a");
    assertEquals(0, wakes.get());

    log.arm();
    write(log, "bc");

    assertEquals(1, wakes.get());
  }

  private ConsoleLog log(int capacity) {
    return new ConsoleLog(capacity, wakes::incrementAndGet);
  }

  private static void write(ConsoleLog log, String text) {
    for (byte b : text.getBytes(US_ASCII)) {
      log.append(b);
    }
  }

  private static String text(ConsoleLog.Chunk chunk) {
    return new String(chunk.bytes(), US_ASCII);
  }
}
