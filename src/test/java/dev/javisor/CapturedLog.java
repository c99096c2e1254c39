package dev.javisor;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** What the simple SLF4J binding of the tests writes: it looks System.err up for each line. */
final class CapturedLog implements AutoCloseable {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream before = System.err;

  CapturedLog() {
    System.setErr(new PrintStream(bytes, true, UTF_8));
  }

  static String of(Runnable deed) {
    try (CapturedLog log = new CapturedLog()) {
      deed.run();
      return log.text();
    }
  }

  String text() {
    return bytes.toString(UTF_8);
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
