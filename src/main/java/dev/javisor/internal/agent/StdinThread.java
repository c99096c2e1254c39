package dev.javisor.internal.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Feeds a command from a stream of the caller's, where there is one, on a thread of its own. */
final class StdinThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StdinThread.class);
  private static final int CHUNK = 32768;

  private final Call call;
  private final StdinFeed feed;
  private final @Nullable InputStream source;
  private @Nullable Thread thread;
  private volatile @Nullable IOException broken;
  private volatile boolean closed;

  /**
   * @param given the whole input, if it is known
   * @param source of the input, if it is a stream
   */
  StdinThread(Call call, byte @Nullable [] given, @Nullable InputStream source) {
    this.call = call;
    this.source = source;
    feed = new StdinFeed(given);
  }

  StdinFeed feed() {
    return feed;
  }

  /** The command has started. */
  void start(ThreadFactory threads) {
    if (source != null) {
      thread = threads.newThread(() -> copy(source));
      thread.start();
    }
  }

  private void copy(InputStream stream) {
    byte[] chunk = new byte[CHUNK];
    try {
      for (int count = next(stream, chunk); count >= 0; count = next(stream, chunk)) {
        feed.write(chunk, 0, count);
      }
      if (broken == null) {
        feed.close();
      }
    } catch (IOException e) {
      LOG.debug("{}: it takes no more input", call, e);
    }
  }

  /** A failure of the caller's stream ends the call, unless that has ended. */
  private int next(InputStream stream, byte[] chunk) {
    try {
      return stream.read(chunk);
    } catch (IOException e) {
      if (!closed) {
        broken = e;
        call.abandon();
      }
      return -1;
    }
  }

  /**
   * Says whether the caller's stream is why the call ended.
   *
   * @throws UncheckedIOException if so
   */
  void check() {
    IOException failure = broken;
    if (failure != null) {
      throw new UncheckedIOException(call + ": the stream of its input failed", failure);
    }
  }

  /** The command has ended: a read that is under way is given up. */
  @Override
  public void close() {
    closed = true;
    feed.end(new IOException("the command has ended"));
    if (thread != null) {
      thread.interrupt();
    }
  }
}
