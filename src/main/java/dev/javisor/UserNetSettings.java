package dev.javisor;

import static java.util.Objects.requireNonNull;

import com.google.common.net.InetAddresses;
import dev.javisor.config.NetPolicy;
import dev.javisor.config.UserNetConfig;
import dev.javisor.internal.config.Problem;
import dev.javisor.internal.net.user.TargetRule;
import dev.javisor.internal.net.user.UserSpec;
import java.net.Inet4Address;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A user-mode network as the builder was told. */
final class UserNetSettings implements UserNetConfig {
  private static final int LEAST_PREFIX = 8;
  private static final int MOST_PREFIX = 24;
  static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";

  private NetPolicy policy = NetPolicy.all();
  private @Nullable String network;
  private @Nullable String hostName;

  @Override
  public UserNetConfig policy(NetPolicy policy) {
    this.policy = requireNonNull(policy, "policy");
    return this;
  }

  @Override
  public UserNetConfig network(String network) {
    this.network = requireNonNull(network, "network");
    return this;
  }

  @Override
  public UserNetConfig hostName(String name) {
    hostName = requireNonNull(name, "name");
    return this;
  }

  /**
   * Makes out the network.
   *
   * @param field of the device
   * @param problems takes the mistakes
   */
  UserSpec resolve(String field, List<Problem> problems) {
    String prefix = field + ".user.";
    for (String target : policy.targets()) {
      try {
        TargetRule.parse(target);
      } catch (IllegalArgumentException e) {
        problems.add(new Problem(prefix + "policy", target, String.valueOf(e.getMessage())));
      }
    }
    String name = hostName;
    if (name != null && !name.matches(LABEL)) {
      problems.add(
          new Problem(
              prefix + "hostName", name, "expected 1 to 63 letters, digits and hyphens: web-1"));
    }
    String net = network;
    UserSpec.Subnet4 subnet = net == null ? null : subnet(net);
    if (net != null && subnet == null) {
      problems.add(
          new Problem(
              prefix + "network",
              net,
              "expected a private network of 8 to 24 bits by its first address, such as"
                  + " 10.0.2.0/24"));
    }
    return new UserSpec(subnet, policy, name);
  }

  private static UserSpec.@Nullable Subnet4 subnet(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length != 2
        || !parts[1].matches("[0-9]{1,2}")
        || !InetAddresses.isInetAddress(parts[0])
        || !(InetAddresses.forString(parts[0]) instanceof Inet4Address address)) {
      return null;
    }
    int prefix = Integer.parseInt(parts[1]);
    int bits = InetAddresses.coerceToInteger(address);
    int first = bits >>> 24;
    boolean usable = first != 0 && first != 127 && first < 224;
    boolean fits = prefix >= LEAST_PREFIX && prefix <= MOST_PREFIX && bits << prefix == 0;
    return usable && fits ? new UserSpec.Subnet4(bits, prefix) : null;
  }
}
