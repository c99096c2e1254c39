package dev.javisor.internal.packages;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the host: no input, a time limit, its output read however much it is. */
final class ExternalCommand {
  private static final long TICK_MILLIS = 250;
  private static final int TAIL = 4000;

  private final Duration limit;
  private final Runnable tick;

  /**
   * @param limit how long a program may run
   * @param tick called a few times a second while one runs
   */
  ExternalCommand(Duration limit, Runnable tick) {
    this.limit = limit;
    this.tick = tick;
  }

  /**
   * How a program ended.
   *
   * @param status its exit status
   * @param out its standard output
   * @param err its standard error
   */
  record Result(int status, String out, String err) {
    /** The last lines of what it said, for a message. */
    String words() {
      String all = (err.isBlank() ? out : err).strip();
      return all.length() <= TAIL ? all : "..." + all.substring(all.length() - TAIL);
    }
  }

  /**
   * Runs a program to its end.
   *
   * @param folder its current folder
   * @param command the program and its arguments
   * @throws IOException if it cannot be started or is not ready in time
   */
  Result run(Path folder, List<String> command) throws IOException {
    Path out = Files.createTempFile("javisor-", ".out");
    Path err = Files.createTempFile("javisor-", ".err");
    try {
      // Files take any amount of output, without a thread that drains a pipe.
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectInput(new File("/dev/null"))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().put("LC_ALL", "C");
      builder.environment().put("DEBIAN_FRONTEND", "noninteractive");
      int status = await(builder.start(), command);
      return new Result(status, text(out), text(err));
    } finally {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    }
  }

  private int await(Process process, List<String> command) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        tick.run();
        if (System.nanoTime() - deadline > 0) {
          throw new IOException(
              "%s was not ready within %s and was stopped".formatted(command, limit));
        }
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while " + command.get(0) + " ran");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
