package dev.javisor.internal.net;

import dev.javisor.config.RateLimiter;

/**
 * What the frames of a network device are kept to, each direction by itself.
 *
 * @param received for frames that the guest gets
 * @param sent for frames of the guest
 */
public record NicLimiters(RateLimiter received, RateLimiter sent) {
  /** No limits. */
  public static final NicLimiters UNLIMITED =
      new NicLimiters(RateLimiter.UNLIMITED, RateLimiter.UNLIMITED);
}
