package dev.javisor.internal.net.tcp;

import java.time.Duration;

/**
 * Times of a stack.
 *
 * @param firstTimeout of retransmission before anything was measured (RFC 6298 §2.1)
 * @param minTimeout the least timeout of retransmission. RFC 6298 §2.4 says a second; systems of
 *     today take 200 ms
 * @param maxTimeout the longest timeout of retransmission (RFC 6298 §2.5)
 * @param delayedAck how long an acknowledgment waits for company, at most 500 ms (RFC 9293
 *     §3.8.6.3)
 * @param giveUp how long a guest may acknowledge nothing, or not answer to probes (RFC 9293 §3.8.3)
 * @param keepAliveIdle how long a silent guest is left alone (RFC 9293 §3.8.4)
 * @param keepAliveInterval between probes
 * @param keepAliveProbes without an answer that end a connection
 * @param timeWait how long a closed connection's addresses rest. RFC 9293 §3.4.2 says four minutes,
 *     for a wire on which a segment may stay for two
 * @param orphan how long a connection that nobody holds any more may rest without progress
 * @param decision how long a SYN waits for the listener
 */
public record TcpTimers(
    Duration firstTimeout,
    Duration minTimeout,
    Duration maxTimeout,
    Duration delayedAck,
    Duration giveUp,
    Duration keepAliveIdle,
    Duration keepAliveInterval,
    int keepAliveProbes,
    Duration timeWait,
    Duration orphan,
    Duration decision) {
  /** For a guest on this machine. */
  public static final TcpTimers DEFAULT =
      new TcpTimers(
          Duration.ofSeconds(1),
          Duration.ofMillis(200),
          Duration.ofSeconds(60),
          Duration.ofMillis(10),
          Duration.ofSeconds(127),
          Duration.ofHours(2),
          Duration.ofSeconds(75),
          9,
          Duration.ofSeconds(2),
          Duration.ofSeconds(60),
          Duration.ofSeconds(150));

  /** Checks that all are positive. */
  public TcpTimers {
    for (Duration time :
        new Duration[] {
          firstTimeout,
          minTimeout,
          maxTimeout,
          delayedAck,
          giveUp,
          keepAliveIdle,
          keepAliveInterval,
          timeWait,
          orphan,
          decision
        }) {
      if (time.isNegative() || time.isZero()) {
        throw new IllegalArgumentException("a time is not positive: " + time);
      }
    }
    if (keepAliveProbes < 1) {
      throw new IllegalArgumentException("no probes: " + keepAliveProbes);
    }
  }
}
