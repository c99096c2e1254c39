package dev.javisor.internal.cli;

import dev.javisor.config.RateLimit;
import dev.javisor.config.RateLimit.Bucket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys of a rate limit, wherever they stand: Cloud Hypervisor's, in bytes and milliseconds. */
final class RateLimitKeys {
  static final List<String> NAMES =
      List.of(
          "bw_size",
          "bw_one_time_burst",
          "bw_refill_time",
          "ops_size",
          "ops_one_time_burst",
          "ops_refill_time");

  private RateLimitKeys() {}

  /**
   * The limit that the keys make out; empty if none of them is there.
   *
   * @throws IllegalArgumentException naming the option and what is wrong
   */
  static Optional<RateLimit> limit(String option, KeyValues keys) {
    Bucket bytes = bucket(option, keys, "bw");
    Bucket operations = bucket(option, keys, "ops");
    if (bytes == null && operations == null) {
      return Optional.empty();
    }
    return Optional.of(new RateLimit(Optional.ofNullable(bytes), Optional.ofNullable(operations)));
  }

  private static @Nullable Bucket bucket(String option, KeyValues keys, String prefix) {
    String size = keys.get(prefix + "_size");
    String burst = keys.get(prefix + "_one_time_burst");
    String refill = keys.get(prefix + "_refill_time");
    if (size == null && burst == null && refill == null) {
      return null;
    }
    if (size == null || refill == null) {
      throw new IllegalArgumentException(
          "%s: a limit needs both %s_size and %s_refill_time".formatted(option, prefix, prefix));
    }
    try {
      return new Bucket(
          KeyValues.longNumber(option, prefix + "_size", size),
          Duration.ofMillis(KeyValues.longNumber(option, prefix + "_refill_time", refill)),
          burst == null ? 0 : KeyValues.longNumber(option, prefix + "_one_time_burst", burst));
    } catch (IllegalArgumentException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(option)
          ? e
          : new IllegalArgumentException("%s: %s: %s".formatted(option, prefix, message), e);
    }
  }
}
