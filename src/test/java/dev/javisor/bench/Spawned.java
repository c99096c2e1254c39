package dev.javisor.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Starts processes and waits for bytes on their standard output. */
public final class Spawned {
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
    Process process = start(command, ProcessBuilder.Redirect.DISCARD);
    CompletableFuture<Void> limit = limit(process);
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

  /**
   * Starts a process, and ends it once it has printed a line of a kind.
   *
   * @param wanted tells of a line whether it is of that kind
   * @return that line
   * @throws IOException with the end of what it prints, if that has no such line
   */
  public static String line(List<String> command, Predicate<String> wanted)
      throws IOException, InterruptedException {
    Process process = start(command, ProcessBuilder.Redirect.PIPE);
    CompletableFuture<Void> limit = limit(process);
    CompletableFuture<String> errors = CompletableFuture.supplyAsync(() -> lastOf(process));
    try (BufferedReader output = process.inputReader(StandardCharsets.ISO_8859_1)) {
      String line = output.readLine();
      while (line != null && !wanted.test(line)) {
        line = output.readLine();
      }
      if (line == null) {
        throw new IOException(String.join(" ", command) + ": " + errors.join());
      }
      return line;
    } finally {
      limit.cancel(false);
      process.destroyForcibly().waitFor();
    }
  }

  /**
   * Runs a process to its end.
   *
   * @return what it has printed
   * @throws IOException if it fails
   */
  public static String output(List<String> command) throws IOException, InterruptedException {
    Process process = start(command, ProcessBuilder.Redirect.DISCARD);
    CompletableFuture<Void> limit = limit(process);
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IOException("%s: exit status %d".formatted(command.get(0), process.exitValue()));
      }
      return text;
    } finally {
      limit.cancel(false);
      process.destroyForcibly().waitFor();
    }
  }

  private static Process start(List<String> command, ProcessBuilder.Redirect errors)
      throws IOException {
    return new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectError(errors)
        .start();
  }

  private static CompletableFuture<Void> limit(Process process) {
    return CompletableFuture.runAsync(
        process::destroyForcibly,
        CompletableFuture.delayedExecutor(LIMIT_SECONDS, TimeUnit.SECONDS));
  }

  private static String lastOf(Process process) {
    return process
        .errorReader(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((first, second) -> second)
        .orElse("ended without a word");
  }
}
