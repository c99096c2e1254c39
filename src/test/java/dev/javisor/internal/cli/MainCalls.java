package dev.javisor.internal.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** Calls the program, and keeps what it says. */
final class MainCalls {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Runs a command; what it prints adds to what was printed before. */
  int run(String... args) {
    return Main.run(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), args);
  }

  String out() {
    return out.toString(UTF_8);
  }

  String err() {
    return err.toString(UTF_8);
  }
}
