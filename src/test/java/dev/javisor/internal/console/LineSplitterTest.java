package dev.javisor.internal.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
  private final List<String> lines = new ArrayList<>();
  private final LineSplitter splitter = new LineSplitter(10, lines::add);

  @Test
  void shouldSplitAtLineFeeds() {
    accept("one\ntwo\n\nthr");
    accept("ee\n");

    assertEquals(List.of("one", "two", "", "three"), lines);
  }

  @Test
  void shouldTakeCarriageReturnsBeforeTheLineFeedOff() {
    accept("one\r\ntwo\r\r\na\rb\r");
    accept("\n");

    assertEquals(List.of("one", "two", "a\rb"), lines);
  }

  @Test
  void shouldHandOutTheRest_whenItEnds() {
    accept("login: ");
    assertEquals(List.of(), lines);

    splitter.end();
    splitter.end();

    assertEquals(List.of("login: "), lines);
  }

  @Test
  void shouldCutLinesThatAreTooLong() {
    accept("0123456789abcdefghijXYZ\n");

    assertEquals(List.of("0123456789", "abcdefghij", "XYZ"), lines);
  }

  @Test
  void shouldNotCutACharacterInHalf_whenALineIsTooLong() {
    accept("123456789\ud83d\ude00z\n");

    assertEquals(List.of("123456789", "\ud83d\ude00z"), lines);
  }

  @Test
  void shouldDecodeTheSame_howeverTheBytesAreCut() {
    String text = "\u00e4\u20ac \ud83d\ude00\r\n\ud83d\ude00\u00df\nx\n";
    byte[] bytes = text.getBytes(UTF_8);
    Random random = new Random(1);

    for (int round = 0; round < 200; round++) {
      lines.clear();
      for (int start = 0; start < bytes.length; ) {
        int end = Math.min(bytes.length, start + 1 + random.nextInt(4));
        splitter.accept(Arrays.copyOfRange(bytes, start, end));
        start = end;
      }
      assertEquals(List.of("\u00e4\u20ac \ud83d\ude00", "\ud83d\ude00\u00df", "x"), lines);
    }
  }

  @Test
  void shouldReplaceWhatIsNotUtf8() {
    splitter.accept(new byte[] {'a', (byte) 0xFF, 'b', (byte) 0xE2, (byte) 0x82, '\n'});
    splitter.accept(new byte[] {(byte) 0xE2});
    splitter.end();

    assertEquals(List.of("a\ufffdb\ufffd", "\ufffd"), lines);
  }

  @Test
  void shouldSurviveAnyBytes() {
    Random random = new Random(7);

    for (int i = 0; i < 1000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      splitter.accept(bytes);
    }
    splitter.end();

    assertTrue(lines.stream().allMatch(line -> line.length() <= 10));
    assertTrue(lines.size() > 100);
  }

  private void accept(String text) {
    splitter.accept(text.getBytes(UTF_8));
  }
}
