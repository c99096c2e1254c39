package dev.javisor.internal.cli;

import dev.javisor.config.RateLimit;
import dev.javisor.config.RateLimiter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The limits that several devices share, by their ids: {@code --rate-limit-group}. */
final class RateLimitGroups {
  static final String OPTION = "--rate-limit-group";
  private static final List<String> KEYS =
      Stream.concat(Stream.of("id"), RateLimitKeys.NAMES.stream()).toList();

  private final Map<String, RateLimiter> groups = new LinkedHashMap<>();

  /**
   * Makes the limiters.
   *
   * @throws IllegalArgumentException naming the word that is wrong
   */
  RateLimitGroups(List<String> texts) {
    for (String text : texts) {
      KeyValues keys = KeyValues.parse(OPTION, text, KEYS);
      String id = keys.get("id");
      if (id == null || id.isEmpty()) {
        throw new IllegalArgumentException(OPTION + ": id=NAME is missing");
      }
      RateLimit limit =
          RateLimitKeys.limit(OPTION, keys)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "%s: group %s limits nothing: it needs bw_size and bw_refill_time, or"
                                  .formatted(OPTION, id)
                              + " ops_size and ops_refill_time"));
      if (groups.put(id, RateLimiter.of(limit)) != null) {
        throw new IllegalArgumentException("%s: there are two groups %s".formatted(OPTION, id));
      }
    }
  }

  /**
   * The limiter of a device.
   *
   * @param option the device's option, for messages
   * @param keys its keys; {@code rate_limit_group} names the group
   */
  RateLimiter limiter(String option, KeyValues keys) {
    RateLimiter own = RateLimitKeys.limit(option, keys).map(RateLimiter::of).orElse(null);
    String group = keys.get("rate_limit_group");
    if (group == null) {
      return own == null ? RateLimiter.UNLIMITED : own;
    }
    if (own != null) {
      throw new IllegalArgumentException(
          "%s: a device has a limit of its own or rate_limit_group=%s, not both"
              .formatted(option, group));
    }
    RateLimiter shared = groups.get(group);
    if (shared == null) {
      throw new IllegalArgumentException(
          "%s: there is no rate_limit_group=%s: define it by %s id=%s,..."
              .formatted(option, group, OPTION, group));
    }
    return shared;
  }
}
