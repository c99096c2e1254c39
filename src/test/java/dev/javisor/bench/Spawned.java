package dev.javisor.bench;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Starts processes and waits for bytes on their standard output. */
final class Spawned {
  private static final int LIMIT_SECONDS = 30;

  private Spawned() {}

  /**
   * Starts a process, and ends it once it has printed all marks.
   *
   * @return the time of the start, then of each mark, in nanoseconds
   * @throws IOException if it does not print them
   */
  static long[] times(List<String> command, byte... marks)
      throws IOException, InterruptedException {
    long[] times = new long[marks.length + 1];
    times[0] = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    CompletableFuture<Void> limit =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS));
    try (InputStream output = process.getInputStream()) {
      for (int i = 0; i < marks.length; i++) {
        int read;
        do {
          read = output.read();
          if (read < 0) {
            throw new IOException("did not boot: " + String.join(" ", command));
          }
        } while (read != marks[i]);
        times[i + 1] = System.nanoTime();
      }
      return times;
    } finally {
      limit.cancel(false);
      process.destroyForcibly().waitFor();
    }
  }
}
