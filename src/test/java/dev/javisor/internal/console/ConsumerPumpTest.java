package dev.javisor.internal.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class ConsumerPumpTest {
  private final List<String> lines = new ArrayList<>();

  @Test
  void shouldHandOnWhatIsNew() {
    ConsoleLog log = ConsoleTextTest.log(100, "one\n");
    ConsumerPump pump = new ConsumerPump(log, ConsoleConsumer.lines(lines::add));

    assertTrue(pump.isBehind());
    assertTrue(pump.pump());
    assertFalse(pump.isBehind());
    assertFalse(pump.pump());
    write(log, "two\nthree");
    assertTrue(pump.pump());
    pump.finish();

    assertEquals(List.of("one", "two", "three"), lines);
  }

  @Test
  void shouldTellALineConsumerWhatItMissed_whenItIsTooSlow() {
    ConsoleLog log = ConsoleTextTest.log(4, "ab");
    ConsumerPump pump = new ConsumerPump(log, ConsoleConsumer.lines(lines::add));
    pump.pump();

    write(log, "cdefgh\nj\n");
    pump.finish();

    assertEquals(List.of("ab", "[javisor: 5 bytes of console output dropped]", "h", "j"), lines);
  }

  @Test
  void shouldNotHandOnHalfACharacter_whenItsBeginningIsMissed() {
    ConsoleLog log = ConsoleTextTest.log(4, "a\u20acb\n");
    ConsumerPump pump = new ConsumerPump(log, ConsoleConsumer.lines(lines::add));

    pump.finish();

    assertEquals(List.of("[javisor: 2 bytes of console output dropped]", "b"), lines);
  }

  @Test
  void shouldHandOnAFloodInBoundedPieces() {
    ConsoleLog log = ConsoleTextTest.log(100_000, "x".repeat(99_999) + "\n");
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    ConsumerPump pump = new ConsumerPump(log, ConsoleConsumer.stream(stream));

    pump.pump();
    assertTrue(stream.size() < 100_000);
    pump.finish();

    assertEquals(100_000, stream.size());
  }

  @Test
  void shouldGoOnWithTheNextLine_whenALineConsumerFails() {
    ConsoleLog log = ConsoleTextTest.log(100, "one\ntwo\nthree\n");
    ConsumerPump pump =
        new ConsumerPump(
            log,
            ConsoleConsumer.lines(
                line -> {
                  lines.add(line);
                  throw new IllegalStateException("on purpose");
                }));

    pump.pump();
    write(log, "four\n");
    pump.finish();

    assertEquals(List.of("one", "two", "three", "four"), lines);
  }

  @Test
  void shouldWriteBytesAsTheyAre_whenTheConsumerIsAStream() {
    ConsoleLog log = ConsoleTextTest.log(100, "a\r\n\u20ac");
    log.append((byte) 0xFF);
    ByteArrayOutputStream stream = new ByteArrayOutputStream();

    new ConsumerPump(log, ConsoleConsumer.stream(stream)).finish();

    byte[] expected = {'a', '\r', '\n', (byte) 0xE2, (byte) 0x82, (byte) 0xAC, (byte) 0xFF};
    assertArrayEquals(expected, stream.toByteArray());
  }

  @Test
  void shouldWriteNoMore_whenTheStreamFailed() throws IOException {
    OutputStream stream = mock(OutputStream.class);
    doThrow(new IOException("disk full")).when(stream).write(any(byte[].class));
    ConsoleLog log = ConsoleTextTest.log(100, "one");
    ConsumerPump pump = new ConsumerPump(log, ConsoleConsumer.stream(stream));

    pump.pump();
    write(log, "two");
    pump.finish();

    verify(stream, times(1)).write(any(byte[].class));
  }

  @Test
  void shouldLogWithoutControlCharacters() {
    Logger logger = mock(Logger.class);
    when(logger.isInfoEnabled()).thenReturn(true);
    ConsoleLog log = ConsoleTextTest.log(100, "a\u001b[2Jb\tc\rd\u2028e\n");

    new ConsumerPump(log, ConsoleConsumer.logger(logger)).finish();

    verify(logger).info(any(String.class), eq((Object) "a?[2Jb\tc?d?e"));
  }

  private static void write(ConsoleLog log, String text) {
    for (byte b : text.getBytes(UTF_8)) {
      log.append(b);
    }
  }
}
