package dev.javisor.guest;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a fetch's steps, and each quarter of a step. Used by one fetch, in one thread. */
final class LoggingListener implements FetchListener {
  private static final Logger log = LoggerFactory.getLogger(FetchListener.class);
  private static final int PARTS = 4;

  private final Consumer<String> out;
  private String step = "";
  private long told;

  LoggingListener() {
    this(log::info);
  }

  /**
   * @param out takes the lines instead of the log
   */
  LoggingListener(Consumer<String> out) {
    this.out = out;
  }

  @Override
  public void step(String what) {
    step = what;
    told = 0;
    out.accept(what);
  }

  @Override
  public void bytes(long done, long total) {
    long parts = total <= 0 ? 0 : done * PARTS / total;
    if (parts > told && done < total) {
      told = parts;
      out.accept("%s: %d of %d KiB".formatted(step, done >> 10, total >> 10));
    }
  }
}
