package dev.javisor.internal.cli;

import dev.javisor.config.NetConfig;
import dev.javisor.config.NetPolicy;
import dev.javisor.config.UserNetConfig;
import java.util.List;

/**
 * The keys of a {@code --net} that is a user-mode network: {@code --net user} or {@code
 * user=on,forward=[8080:80,2222:22],policy=[host:5432,example.org]}.
 */
final class UserNetOption {
  private static final String NAME = NetOption.NAME;
  private static final String WORD = "user";
  static final List<String> KEYS = List.of(WORD, "forward", "policy", "network", "host_name");

  private UserNetOption() {}

  /** The bare word {@code user} is a key, too. */
  static String withoutBareWord(String text) {
    return text.equals(WORD) || text.startsWith(WORD + ",")
        ? WORD + "=on" + text.substring(WORD.length())
        : text;
  }

  /**
   * Tells the builder.
   *
   * @throws IllegalArgumentException naming the word that is wrong
   */
  static void apply(NetConfig net, KeyValues keys) {
    if (keys.isOn(NAME, WORD, false)) {
      net.user(user -> configure(user, keys));
      return;
    }
    for (String key : KEYS) {
      if (!key.equals(WORD) && keys.get(key) != null) {
        throw new IllegalArgumentException(
            "%s: %s=%s is for a user-mode network: %s user,%s=%s"
                .formatted(NAME, key, keys.get(key), NAME, key, keys.get(key)));
      }
    }
  }

  private static void configure(UserNetConfig user, KeyValues keys) {
    NetOption.text(keys, "network", user::network);
    NetOption.text(keys, "host_name", user::hostName);
    NetOption.text(keys, "policy", value -> user.policy(policy(value)));
    String forwards = keys.get("forward");
    if (forwards != null) {
      KeyValues.list(NAME, "forward", forwards).forEach(forward -> forward(user, forward));
    }
  }

  private static NetPolicy policy(String value) {
    return switch (value) {
      case "all" -> NetPolicy.all();
      case "none" -> NetPolicy.none();
      default -> NetPolicy.only(KeyValues.list(NAME, "policy", value).toArray(new String[0]));
    };
  }

  private static void forward(UserNetConfig user, String value) {
    int colon = value.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "%s: forward=%s: expected HOSTPORT:GUESTPORT, such as 8080:80".formatted(NAME, value));
    }
    user.forward(port(value.substring(0, colon)), port(value.substring(colon + 1)));
  }

  private static int port(String text) {
    return KeyValues.number(NAME, "forward", text);
  }
}
