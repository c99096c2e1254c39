package dev.javisor.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** What the simple SLF4J binding of the tests writes: it looks System.err up for each line. */
public final class CapturedLog implements AutoCloseable {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream before = System.err;

  /** Captures from now on, until it is closed. */
  public CapturedLog() {
    System.setErr(new PrintStream(bytes, true, UTF_8));
  }

  /** What is written meanwhile. */
  public static String of(Runnable deed) {
    try (CapturedLog log = new CapturedLog()) {
      deed.run();
      return log.text();
    }
  }

  /** What was written until now. */
  public String text() {
    return bytes.toString(UTF_8);
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
