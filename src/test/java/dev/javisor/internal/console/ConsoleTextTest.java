package dev.javisor.internal.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ConsoleTextTest {
  @Test
  void shouldEndLinesWithLineFeedsAlone() {
    assertEquals("a\nb\n\nc\rd", ConsoleText.whole(log(100, "a\r\nb\r\r\n\nc\rd")));
  }

  @Test
  void shouldTellHowMuchIsDropped() {
    assertEquals(
        "[javisor: 6 bytes of console output dropped]\nghij",
        ConsoleText.whole(log(4, "abcdefghij")));
  }

  @Test
  void shouldNotShowHalfACharacter_whenItsBeginningIsDropped() {
    // The euro sign has three bytes, of which two are kept.
    assertEquals(
        "[javisor: 2 bytes of console output dropped]\nbc", ConsoleText.whole(log(4, "a\u20acbc")));
  }

  @Test
  void shouldShowAReplacement_whenBytesAreNotUtf8() {
    ConsoleLog log = log(10, "a");
    log.append((byte) 0xFF);

    assertEquals("a\ufffd", ConsoleText.whole(log));
  }

  @Test
  void shouldReturnTheLastLines() {
    ConsoleLog log = log(100, "one\r\ntwo\r\nthree\r\n");

    assertEquals("two\nthree\n", ConsoleText.tail(log, 2, 100));
    assertEquals("three\n", ConsoleText.tail(log, 1, 100));
    assertEquals("", ConsoleText.tail(log, 0, 100));
    assertEquals("one\ntwo\nthree\n", ConsoleText.tail(log, 3, 100));
    assertEquals("one\ntwo\nthree\n", ConsoleText.tail(log, 100, 100));
  }

  @Test
  void shouldCountAnUnfinishedLineAsTheLast() {
    assertEquals("two\nlog", ConsoleText.tail(log(100, "one\ntwo\nlog"), 2, 100));
  }

  @Test
  void shouldReturnNothing_whenNothingWasWritten() {
    assertEquals("", ConsoleText.tail(log(100, ""), 5, 100));
    assertEquals("", ConsoleText.whole(log(100, "")));
  }

  @Test
  void shouldLeaveOutTheLineThatIsCut_whenTheTailIsBoundInBytes() {
    assertEquals("two\n", ConsoleText.tail(log(100, "a long line\ntwo\n"), 5, 8));
    assertEquals("ng line\n", ConsoleText.tail(log(100, "a long line\n"), 5, 8));
  }

  @Test
  void shouldKeepEmptyLines() {
    assertEquals("\n\n", ConsoleText.tail(log(100, "a\n\n\n"), 2, 100));
    assertEquals("\na", ConsoleText.tail(log(100, "\na"), 5, 100));
  }

  @Test
  void shouldReturnAllOfIt_whenItIsLong() {
    String text = "0123456789abcde\n".repeat(20_000);

    assertEquals(text, ConsoleText.whole(log(1 << 20, text)));
  }

  @Test
  void shouldHaveNoGaps_whenTheGuestWritesMeanwhile() throws InterruptedException {
    ConsoleLog log = new ConsoleLog(200_000, () -> {});
    AtomicBoolean stop = new AtomicBoolean();
    Thread guest =
        new Thread(
            () -> {
              for (int i = 0; !stop.get(); i++) {
                log.append((byte) ('A' + i % 26));
              }
            });
    guest.start();
    try {
      for (int round = 0; round < 50; round++) {
        String text = ConsoleText.tail(log, 1, Integer.MAX_VALUE);
        for (int i = 1; i < text.length(); i++) {
          int expected = text.charAt(i - 1) == 'Z' ? 'A' : text.charAt(i - 1) + 1;
          assertEquals(expected, text.charAt(i));
        }
      }
    } finally {
      stop.set(true);
      guest.join();
    }
  }

  static ConsoleLog log(int capacity, String text) {
    ConsoleLog log = new ConsoleLog(capacity, () -> {});
    for (byte b : text.getBytes(UTF_8)) {
      log.append(b);
    }
    return log;
  }
}
