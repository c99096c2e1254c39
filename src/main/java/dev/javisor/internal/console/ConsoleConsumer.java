package dev.javisor.internal.console;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Someone who wants console output, in the order in which it was written. */
public interface ConsoleConsumer {
  /** The longest line handed on in one piece, in UTF-16 units. */
  int LONGEST_LINE = 8192;

  /** Takes the next bytes. The array is the consumer's. */
  void accept(byte[] bytes) throws IOException;

  /** Learns that bytes between the last ones and the next are lost. */
  void dropped(long bytes) throws IOException;

  /** Learns that no more will come. */
  void end() throws IOException;

  /** Takes lines; what is lost shows as a line of its own. */
  static ConsoleConsumer lines(Consumer<? super String> lines) {
    return new Lines(lines);
  }

  /**
   * Writes lines to a logger at INFO, with control characters shown as {@code ?}: a guest must not
   * be able to forge log lines or to steer the terminal that shows them.
   */
  static ConsoleConsumer logger(Logger logger) {
    return new Lines(
        line -> {
          if (logger.isInfoEnabled()) {
            logger.info("{}", line.replaceAll("[\\p{Cc}\\u2028\\u2029&&[^\\t]]", "?"));
          }
        });
  }

  /** Writes bytes as they come and flushes; not again after the stream failed once. */
  static ConsoleConsumer stream(OutputStream stream) {
    return new Stream(stream);
  }

  /** Something that a consumer is asked to do. */
  @FunctionalInterface
  interface Call {
    /** Does it. */
    void run() throws IOException;
  }

  /** See {@link ConsoleConsumer#lines}. */
  final class Lines implements ConsoleConsumer {
    private final Consumer<? super String> lines;
    private final LineSplitter splitter;
    private @Nullable RuntimeException failure;

    private Lines(Consumer<? super String> lines) {
      this.lines = lines;
      splitter = new LineSplitter(LONGEST_LINE, this::hand);
    }

    @Override
    public void accept(byte[] bytes) {
      splitter.accept(bytes);
      rethrow();
    }

    @Override
    public void dropped(long bytes) {
      splitter.end();
      hand(ConsoleText.dropped(bytes));
      rethrow();
    }

    @Override
    public void end() {
      splitter.end();
      rethrow();
    }

    /** One line that makes the consumer fail must not cost it the lines after it. */
    private void hand(String line) {
      try {
        lines.accept(line);
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      }
    }

    private void rethrow() {
      RuntimeException e = failure;
      failure = null;
      if (e != null) {
        throw e;
      }
    }

    @Override
    public String toString() {
      return lines.toString();
    }
  }

  /** See {@link ConsoleConsumer#stream}. */
  final class Stream implements ConsoleConsumer {
    private final OutputStream stream;
    private boolean broken;

    private Stream(OutputStream stream) {
      this.stream = stream;
    }

    @Override
    public void accept(byte[] bytes) throws IOException {
      if (broken) {
        return;
      }
      broken = true;
      stream.write(bytes);
      stream.flush();
      broken = false;
    }

    @Override
    public void dropped(long bytes) throws IOException {
      accept(("\r\n" + ConsoleText.dropped(bytes) + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void end() {}

    @Override
    public String toString() {
      return stream.toString();
    }
  }
}
