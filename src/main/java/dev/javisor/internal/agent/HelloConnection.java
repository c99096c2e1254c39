package dev.javisor.internal.agent;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.javisor.error.AgentException;
import dev.javisor.error.AgentException.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection by which an agent says that it is there. One thread reads, another sends a PING
 * when the one before has been answered, and ends the connection when that takes too long.
 */
final class HelloConnection {
  private static final int BUILD_LIMIT = 256;

  private final AgentChannel channel;
  private final FrameReader reader;
  private final FrameWriter writer;
  private final LongSupplier runningNanos;
  private final long silence;
  private final long pause;
  private final Semaphore answered = new Semaphore(0);
  private volatile long expected;
  private volatile @Nullable String reason;

  HelloConnection(AgentChannel channel, AgentSettings settings, LongSupplier runningNanos) {
    this.channel = channel;
    this.runningNanos = runningNanos;
    reader = new FrameReader(channel);
    writer = new FrameWriter(channel, 16);
    silence = settings.scaled(settings.silence()).toNanos();
    pause = Math.max(1, silence / 6);
  }

  /**
   * Reads the hello.
   *
   * @throws AgentException if this is no agent, or one of another version
   */
  void begin() throws IOException {
    try {
      reader.next();
      if (reader.type() != Protocol.HELLO || reader.u32() != Protocol.MAGIC) {
        throw new FrameException("no hello");
      }
      int version = reader.u16();
      if (version != Protocol.VERSION) {
        throw new AgentException(
            Reason.VERSION,
            ("the guest's agent speaks version %d of the protocol, this Javisor version %d; use the"
                    + " agent of this Javisor's jar in the guest")
                .formatted(version, Protocol.VERSION),
            null);
      }
      reader.u16();
      if (reader.string().length > BUILD_LIMIT) {
        throw new FrameException("a long name");
      }
    } catch (FrameException e) {
      throw new AgentException(
          Reason.PROTOCOL, "the guest's agent begins with " + e.getMessage(), e);
    }
  }

  /** Reads answers until the connection ends. */
  void answers() throws IOException {
    try {
      while (true) {
        reader.next();
        if (reader.type() != Protocol.PONG || reader.u64() != expected) {
          throw new FrameException("a frame that answers no PING");
        }
        // Zero from now on: an agent that answers twice is none.
        expected = 0;
        answered.release();
      }
    } catch (FrameException e) {
      reason = "it sent " + e.getMessage();
    } catch (EOFException e) {
      // It is gone.
    } catch (IOException e) {
      if (reason == null) {
        throw e;
      }
    }
  }

  /** Sends PINGs until the connection ends, or the thread is interrupted. */
  void ping() {
    try {
      for (long number = 1; channel.isOpen(); number++) {
        expected = number;
        writer.begin(Protocol.PING, 0).u64(number).send();
        if (!awaitAnswer()) {
          reason =
              "it did not answer for %d s in which the machine ran; the guest hangs"
                  .formatted(NANOSECONDS.toSeconds(silence));
          Channels.closeQuietly(channel);
          return;
        }
        TimeUnit.NANOSECONDS.sleep(pause);
      }
    } catch (IOException | InterruptedException e) {
      // The connection has ended; whoever reads it knows why.
    }
  }

  private boolean awaitAnswer() throws InterruptedException {
    long since = runningNanos.getAsLong();
    while (!answered.tryAcquire(pause, NANOSECONDS)) {
      if (runningNanos.getAsLong() - since > silence) {
        return false;
      }
    }
    return true;
  }

  /** Why the connection ended, if it is known. */
  Optional<String> reason() {
    return Optional.ofNullable(reason);
  }
}
