package dev.javisor.internal.cli;

import dev.javisor.guest.FetchListener;
import dev.javisor.image.ProgressListener;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Shows how long work goes on: on a terminal as a bar that is drawn anew, elsewhere as a line a
 * step. Not safe for use by several threads.
 */
final class ProgressBar implements ProgressListener, FetchListener {
  private static final int WIDTH = 30;
  private static final long PAUSE_NANOS = 100_000_000;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintStream out;
  private final boolean terminal;
  private String step = "";
  private long drawn;
  private boolean dirty;

  /**
   * @param terminal whether what is printed can be taken back
   */
  ProgressBar(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** A bar on standard error, if that is a terminal. */
  static ProgressBar onStandardError(PrintStream err) {
    return new ProgressBar(err, isTerminal("2"));
  }

  private static boolean isTerminal(String descriptor) {
    try {
      Path file = Files.readSymbolicLink(Path.of("/proc/self/fd", descriptor));
      return file.startsWith("/dev/pts") || file.toString().startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void step(String what) {
    end();
    step = what;
    if (terminal) {
      draw(what);
    } else {
      out.println(what);
    }
  }

  @Override
  public void bytes(long done, long total) {
    long now = System.nanoTime();
    if (terminal && (now - drawn > PAUSE_NANOS || done == total)) {
      drawn = now;
      draw(total > 0 ? bar(done, total) : "%s: %d MiB".formatted(step, done >> 20));
    }
  }

  /** Takes the bar away. */
  void end() {
    if (dirty) {
      out.print(CLEAR);
      out.flush();
      dirty = false;
    }
  }

  private void draw(String text) {
    out.print(CLEAR + text);
    out.flush();
    dirty = true;
  }

  private String bar(long done, long total) {
    int filled = (int) (Math.min(done, total) * WIDTH / total);
    return "%s [%s%s] %3d%%, %d of %d MiB"
        .formatted(
            step,
            "#".repeat(filled),
            "-".repeat(WIDTH - filled),
            Math.min(done, total) * 100 / total,
            done >> 20,
            total >> 20);
  }
}
