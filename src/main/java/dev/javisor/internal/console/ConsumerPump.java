package dev.javisor.internal.console;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands console output to one consumer, from the machine's first byte on. A consumer that falls
 * behind further than the log reaches misses what is lost, and is told how much.
 *
 * <p>Threading: one thread at a time.
 *
 * <p>Errors: what the consumer throws is logged the first time, and it goes on getting output.
 */
public final class ConsumerPump {
  private static final Logger LOG = LoggerFactory.getLogger(ConsumerPump.class);
  private static final int ROUND = 16 << 10;

  private final ConsoleLog log;
  private final ConsoleConsumer consumer;
  private long position;
  private boolean failed;

  /** A pump from this log to this consumer. */
  public ConsumerPump(ConsoleLog log, ConsoleConsumer consumer) {
    this.log = log;
    this.consumer = consumer;
  }

  /**
   * Hands on what there is, within a bound, so that a flood leaves time for other work.
   *
   * @return whether there was anything
   */
  public boolean pump() {
    ConsoleLog.Chunk chunk = log.read(position, ROUND);
    long missed = chunk.position() - position;
    position = chunk.next();
    byte[] bytes = chunk.bytes();
    if (missed > 0) {
      guard(() -> consumer.dropped(missed));
      bytes = Arrays.copyOfRange(bytes, ConsoleText.continuationBytes(bytes), bytes.length);
    }
    if (bytes.length == 0) {
      return false;
    }
    byte[] output = bytes;
    guard(() -> consumer.accept(output));
    return true;
  }

  /** Whether there is output that the consumer has not got. */
  public boolean isBehind() {
    return log.end() != position;
  }

  /** Hands on all there is, and says that no more will come. The guest has ended. */
  public void finish() {
    while (pump()) {
      // On to the next chunk.
    }
    guard(consumer::end);
  }

  private void guard(ConsoleConsumer.Call call) {
    try {
      call.run();
    } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
      if (!failed) {
        failed = true;
        LOG.warn("console consumer {} failed; further failures are not logged", consumer, e);
      }
    }
  }
}
