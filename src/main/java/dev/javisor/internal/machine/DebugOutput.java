package dev.javisor.internal.machine;

import dev.javisor.internal.legacy.ByteSink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Turns what a guest prints on its debug console into lines.
 *
 * <p>Threading: as a {@link ByteSink}: one caller at a time.
 */
final class DebugOutput implements ByteSink {
  /** A guest that never ends a line must not fill the heap. */
  private static final int LONGEST_LINE = 1024;

  private final Consumer<String> lines;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(80);

  DebugOutput(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public void write(byte value) {
    if (value == '\r') {
      return;
    }
    if (value != '\n') {
      line.write(value);
    }
    if (value == '\n' || line.size() >= LONGEST_LINE) {
      lines.accept(line.toString(StandardCharsets.UTF_8));
      line.reset();
    }
  }
}
