package dev.javisor.internal.net.user;

import static java.util.Objects.requireNonNull;

import com.google.common.net.InetAddresses;
import dev.javisor.config.NetHandler;
import dev.javisor.config.NetPolicy;
import dev.javisor.config.UserNetConfig;
import dev.javisor.internal.config.Problem;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A user-mode network as its user asks for it. Threading: one thread at a time. */
public final class UserNetSettings implements UserNetConfig {
  private static final int LEAST_PREFIX = 8;
  private static final int MOST_PREFIX = 24;
  private static final int MOST_PORT = 65535;
  private static final int MOST_HOSTS = 128;

  private NetPolicy policy = NetPolicy.all();
  private @Nullable String network;
  private @Nullable String hostName;
  private final List<UserSpec.Forward> forwards = new ArrayList<>();
  private final List<UserSpec.Service> services = new ArrayList<>();

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

  @Override
  public UserNetConfig forward(int hostPort, int guestPort) {
    forwards.add(new UserSpec.Forward(hostPort, guestPort));
    return this;
  }

  @Override
  public UserNetConfig listen(String name, int port, NetHandler handler) {
    requireNonNull(handler, "handler");
    services.add(new UserSpec.Service(requireNonNull(name, "name"), port, handler));
    return this;
  }

  private void checkForwards(String prefix, List<Problem> problems) {
    Set<Integer> taken = new HashSet<>();
    for (UserSpec.Forward forward : forwards) {
      int host = forward.hostPort();
      String hint = "";
      if (host < 0 || host > MOST_PORT || isNoPort(forward.guestPort())) {
        hint = "expected ports from 1 to 65535, and 0 for a free one of the host";
      } else if (host != 0 && !taken.add(host)) {
        hint = "the host's port is forwarded twice";
      } else if (host != 0) {
        hint = UserNetwork.problem(forward);
      }
      if (!hint.isEmpty()) {
        String value = "%d to %d".formatted(host, forward.guestPort());
        problems.add(new Problem(prefix + "forward", value, hint));
      }
    }
  }

  private void checkServices(String prefix, List<Problem> problems) {
    Set<String> hosts = new HashSet<>();
    Set<String> taken = new HashSet<>();
    for (UserSpec.Service service : services) {
      String name = service.name().toLowerCase(Locale.ROOT);
      hosts.add(name);
      String hint = "";
      if (!Names.isFree(name)) {
        hint = "expected 1 to 63 letters, digits and hyphens, and neither host nor dns";
      } else if (isNoPort(service.port())) {
        hint = "expected a port from 1 to 65535";
      } else if (!taken.add(name + ":" + service.port())) {
        hint = "somebody listens there already";
      } else if (hosts.size() > MOST_HOSTS) {
        hint = "expected %d hosts at most".formatted(MOST_HOSTS);
      }
      if (!hint.isEmpty()) {
        problems.add(new Problem(prefix + "listen", service.toString(), hint));
      }
    }
  }

  private static boolean isNoPort(int port) {
    return port < 1 || port > MOST_PORT;
  }

  /**
   * Makes out the network.
   *
   * @param field of the device
   * @param problems takes the mistakes
   */
  public UserSpec resolve(String field, List<Problem> problems) {
    String prefix = field + ".user.";
    for (String target : policy.targets()) {
      try {
        TargetRule.parse(target);
      } catch (IllegalArgumentException e) {
        problems.add(new Problem(prefix + "policy", target, String.valueOf(e.getMessage())));
      }
    }
    String name = hostName;
    if (name != null && !Names.isLabel(name)) {
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
    checkForwards(prefix, problems);
    checkServices(prefix, problems);
    return new UserSpec(subnet, policy, name, forwards, services);
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
