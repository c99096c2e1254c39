package dev.javisor.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoggingListenerTest {
  @Test
  void shouldTellStepsAndEachQuarterOfThem() {
    List<String> lines = new ArrayList<>();
    LoggingListener listener = new LoggingListener(lines::add);

    listener.step("one");
    for (long done = 0; done <= 100; done++) {
      listener.bytes(done << 10, 100 << 10);
    }
    listener.step("two");
    listener.bytes(5, 0);

    assertEquals(
        List.of("one", "one: 25 of 100 KiB", "one: 50 of 100 KiB", "one: 75 of 100 KiB", "two"),
        lines);
  }
}
