package dev.javisor.internal.agent;

import dev.javisor.error.AgentException;
import dev.javisor.error.AgentException.Reason;
import dev.javisor.error.GuestTimeoutException;
import dev.javisor.error.JavisorException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One call of the agent: a connection that is closed when its time is up, when the agent is lost,
 * or when the caller has had enough.
 *
 * <p>Threading: as {@link AgentChannel}; the end may come by any thread.
 */
final class Call implements AutoCloseable {
  private static final byte[] NOTHING = {};

  private final Calls calls;
  private final String what;
  private final Duration timeout;
  private volatile @Nullable AgentChannel channel;
  private @Nullable FrameReader reader;
  private @Nullable Runnable alarm;
  private @Nullable AgentException ended;
  private boolean expired;
  private boolean closed;

  /**
   * @param timeout scaled
   */
  Call(Calls calls, String what, Duration timeout) {
    this.calls = calls;
    this.what = what;
    this.timeout = timeout;
    calls.add(this);
  }

  /** Connects. */
  void open(AgentLink link, long deadline) throws InterruptedException {
    long left = Math.max(1, deadline - System.nanoTime());
    try {
      AgentChannel opened = link.open(Duration.ofNanos(left));
      if (!take(opened)) {
        Channels.closeQuietly(opened);
        throw new IOException("it was closed");
      }
    } catch (SocketTimeoutException e) {
      expire();
      throw failure(e);
    } catch (IOException e) {
      throw failure(e);
    }
    Runnable set = calls.alarm(this::expire, Math.max(1, deadline - System.nanoTime()));
    synchronized (this) {
      alarm = set;
      if (closed) {
        set.run();
      }
    }
  }

  private synchronized boolean take(AgentChannel opened) {
    if (closed || ended != null) {
      return false;
    }
    channel = opened;
    reader = new FrameReader(opened);
    return true;
  }

  AgentChannel channel() {
    return opened(channel);
  }

  FrameReader reader() {
    return opened(reader);
  }

  private static <T> T opened(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the call has no connection yet");
    }
    return part;
  }

  /** Its time is no matter any more: what was waited for has come. */
  void disarm() {
    Runnable set;
    synchronized (this) {
      set = alarm;
      alarm = null;
    }
    if (set != null) {
      set.run();
    }
  }

  private void expire() {
    synchronized (this) {
      expired = true;
    }
    Channels.closeQuietly(channel);
  }

  /** The agent is gone. */
  void lost(AgentException why) {
    endFor(why);
  }

  /** The caller has closed what it is about. */
  void abandon() {
    endFor(
        new AgentException(Reason.CLOSED, what + ": it was closed while it was under way", null));
  }

  private void endFor(AgentException why) {
    synchronized (this) {
      if (ended == null) {
        ended = why;
      }
    }
    Channels.closeQuietly(channel);
  }

  /** Why it was ended, or null. */
  synchronized @Nullable AgentException ended() {
    return ended;
  }

  /** What a failure of the connection means. */
  JavisorException failure(IOException cause) throws InterruptedException {
    return failure(cause, NOTHING, NOTHING);
  }

  /**
   * What a failure of the connection means.
   *
   * @param stdout what a command had printed
   * @param stderr and to its other stream
   */
  JavisorException failure(IOException cause, byte[] stdout, byte[] stderr)
      throws InterruptedException {
    if (isInterrupt(cause)) {
      InterruptedException interrupted = new InterruptedException(what + " was interrupted");
      interrupted.initCause(cause);
      throw interrupted;
    }
    synchronized (this) {
      if (ended != null) {
        return new AgentException(ended.reason(), what + ": " + ended.getMessage(), ended);
      }
      if (expired) {
        return new GuestTimeoutException(
            "%s: not done after %d ms; give it longer, or see what the guest does"
                .formatted(what, timeout.toMillis()),
            timeout,
            stdout,
            stderr);
      }
    }
    if (cause instanceof FrameException) {
      return new AgentException(
          Reason.PROTOCOL,
          "%s: the guest's agent sent %s; it is broken, or not Javisor's"
              .formatted(what, cause.getMessage()),
          cause);
    }
    return new AgentException(
        Reason.LOST,
        "%s: the connection with the guest's agent ended: %s; see the guest's console"
            .formatted(what, cause.getMessage()),
        cause);
  }

  /** Also forgets the interrupt. */
  private static boolean isInterrupt(IOException cause) {
    boolean byType =
        cause instanceof ClosedByInterruptException
            || (cause instanceof InterruptedIOException
                && !(cause instanceof SocketTimeoutException));
    return Thread.interrupted() || byType;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    disarm();
    Channels.closeQuietly(channel);
    calls.remove(this);
  }

  @Override
  public String toString() {
    return what;
  }
}
