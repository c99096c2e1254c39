package dev.javisor.internal.agent;

import java.time.Duration;

/**
 * How an {@link AgentClient} behaves.
 *
 * @param multiplier makes each duration that waits for the guest longer, above 0
 * @param calls how many calls may be under way
 * @param silence how long an agent may leave a PING unanswered while the machine runs, before the
 *     multiplication
 */
public record AgentSettings(double multiplier, int calls, Duration silence) {
  /** As the architecture says. */
  public static AgentSettings withMultiplier(double multiplier) {
    return new AgentSettings(multiplier, 512, Duration.ofSeconds(30));
  }

  /** A duration as it counts here; at most about 30 years. */
  Duration scaled(Duration duration) {
    double nanos = (duration.getSeconds() * 1e9 + duration.getNano()) * multiplier;
    return Duration.ofNanos((long) Math.min(nanos, 1e18));
  }
}
