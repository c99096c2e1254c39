package dev.javisor.config;

import java.time.Duration;
import java.util.Objects;

/**
 * What a link of a virtual switch does to the frames that pass it, in one direction.
 *
 * <pre>{@code
 * LinkConditions mobile =
 *     LinkConditions.builder().latency(Duration.ofMillis(60)).loss(0.02).build();
 * }</pre>
 *
 * <p>A frame first waits until those before it are sent at the link's bandwidth, then travels for
 * the latency. Frames keep their order, so that one that jitter holds up holds up those behind it;
 * only those that {@link #reordering} chooses are overtaken.
 *
 * @param latency how long a frame travels; an hour at most
 * @param jitter the latency of a frame is between this much less and this much more, evenly spread,
 *     and never negative
 * @param loss the share of frames that get lost, from 0 to 1
 * @param duplication the share of frames that arrive twice, from 0 to 1
 * @param reordering the share of frames that stay under way for {@code reorderingDelay} longer, and
 *     are overtaken by those behind them, from 0 to 1
 * @param reorderingDelay see there; an hour at most
 * @param bandwidth in bits a second, of whole Ethernet frames; 0 for no limit
 */
public record LinkConditions(
    Duration latency,
    Duration jitter,
    double loss,
    double duplication,
    double reordering,
    Duration reorderingDelay,
    long bandwidth) {
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration USUAL_REORDERING_DELAY = Duration.ofMillis(5);

  /** Frames arrive at once, all and in their order. */
  public static final LinkConditions PERFECT = builder().build();

  /**
   * As {@link LinkConditions} says.
   *
   * @throws IllegalArgumentException if a number is out of its bounds
   */
  public LinkConditions {
    check("latency", latency);
    check("jitter", jitter);
    check("loss", loss);
    check("duplication", duplication);
    check("reordering", reordering);
    check("reorderingDelay", reorderingDelay);
    if (bandwidth < 0) {
      throw new IllegalArgumentException("bandwidth %d: 0 or more".formatted(bandwidth));
    }
  }

  private static void check(String field, Duration value) {
    Objects.requireNonNull(value, field);
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("%s %s: from 0 to an hour".formatted(field, value));
    }
  }

  private static void check(String field, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("%s %s: a share, from 0 to 1".formatted(field, value));
    }
  }

  /** Starts from {@link #PERFECT}. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts from these. */
  public Builder toBuilder() {
    return builder()
        .latency(latency)
        .jitter(jitter)
        .loss(loss)
        .duplication(duplication)
        .reordering(reordering, reorderingDelay)
        .bandwidth(bandwidth);
  }

  /** Whether frames arrive at once, all and in their order. */
  public boolean isPerfect() {
    return latency.isZero()
        && jitter.isZero()
        && loss == 0
        && duplication == 0
        && reordering == 0
        && bandwidth == 0;
  }

  /** Collects conditions. Threading: one thread at a time. */
  public static final class Builder {
    private Duration latency = Duration.ZERO;
    private Duration jitter = Duration.ZERO;
    private double loss;
    private double duplication;
    private double reordering;
    private Duration reorderingDelay = USUAL_REORDERING_DELAY;
    private long bandwidth;

    private Builder() {}

    /** How long a frame travels; default none. */
    public Builder latency(Duration value) {
      latency = value;
      return this;
    }

    /** How much less or more than the latency a frame may take; default none. */
    public Builder jitter(Duration value) {
      jitter = value;
      return this;
    }

    /** The share of frames that get lost, from 0 to 1; default 0. */
    public Builder loss(double share) {
      loss = share;
      return this;
    }

    /** The share of frames that arrive twice, from 0 to 1; default 0. */
    public Builder duplication(double share) {
      duplication = share;
      return this;
    }

    /** The share of frames that 5 ms worth of others overtake, from 0 to 1; default 0. */
    public Builder reordering(double share) {
      reordering = share;
      return this;
    }

    /**
     * Which frames others overtake.
     *
     * @param share from 0 to 1; default 0
     * @param delay for how long they stay behind; default 5 ms
     */
    public Builder reordering(double share, Duration delay) {
      reordering = share;
      reorderingDelay = delay;
      return this;
    }

    /** In bits a second; default 0, for no limit. */
    public Builder bandwidth(long bitsPerSecond) {
      bandwidth = bitsPerSecond;
      return this;
    }

    /**
     * Puts them together.
     *
     * @throws IllegalArgumentException if a number is out of its bounds
     */
    public LinkConditions build() {
      return new LinkConditions(
          latency, jitter, loss, duplication, reordering, reorderingDelay, bandwidth);
    }
  }
}
