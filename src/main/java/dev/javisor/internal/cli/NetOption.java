package dev.javisor.internal.cli;

import dev.javisor.VirtualMachine;
import dev.javisor.config.NetConfig;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** One {@code --net}: Cloud Hypervisor's keys, and those of {@link UserNetOption}. */
final class NetOption {
  static final String NAME = "--net";

  private static final List<String> KEYS =
      Stream.concat(
              Stream.of(
                  "tap",
                  "mac",
                  "ip",
                  "mask",
                  "host_mac",
                  "mtu",
                  "num_queues",
                  "queue_size",
                  "fd",
                  "offload_csum",
                  "offload_tso",
                  "offload_ufo",
                  "id"),
              Stream.concat(UserNetOption.KEYS.stream(), RateLimitKeys.NAMES.stream()))
          .toList();

  private NetOption() {}

  /**
   * Tells the builder.
   *
   * @throws IllegalArgumentException naming the word that is wrong
   */
  static void apply(VirtualMachine.Builder builder, String text) {
    KeyValues keys = KeyValues.parse(NAME, UserNetOption.withoutBareWord(text), KEYS);
    builder.net(net -> configure(net, keys));
  }

  private static void configure(NetConfig net, KeyValues keys) {
    UserNetOption.apply(net, keys);
    text(keys, "tap", net::tap);
    text(keys, "mac", net::mac);
    text(keys, "ip", net::ip);
    text(keys, "mask", net::mask);
    text(keys, "host_mac", net::hostMac);
    text(keys, "mtu", value -> net.mtu(KeyValues.number(NAME, "mtu", value)));
    text(keys, "fd", value -> net.descriptors(descriptors(value)));
    text(keys, "num_queues", value -> net.queuePairs(pairs(value)));
    text(keys, "queue_size", value -> net.queueSize(KeyValues.number(NAME, "queue_size", value)));
    text(keys, "id", net::id);
    RateLimitKeys.limit(NAME, keys).ifPresent(net::rateLimit);
    net.offloadChecksum(keys.isOn(NAME, "offload_csum", true));
    net.offloadTso(keys.isOn(NAME, "offload_tso", true));
    net.offloadUfo(keys.isOn(NAME, "offload_ufo", true));
  }

  /** An empty value means the same as none. */
  static void text(KeyValues keys, String key, Consumer<String> setting) {
    String value = keys.get(key);
    if (value != null && !value.isEmpty()) {
      setting.accept(value);
    }
  }

  private static int pairs(String value) {
    int queues = KeyValues.number(NAME, "num_queues", value);
    if (queues < 2 || queues % 2 != 0) {
      throw new IllegalArgumentException(
          "%s: num_queues=%s: expected an even number, as it counts both directions"
              .formatted(NAME, value));
    }
    return queues / 2;
  }

  private static int[] descriptors(String value) {
    String list = value.replaceAll("^\\[(.*)]$", "$1");
    return Arrays.stream(list.split(",", -1))
        .mapToInt(number -> KeyValues.number(NAME, "fd", number))
        .toArray();
  }
}
