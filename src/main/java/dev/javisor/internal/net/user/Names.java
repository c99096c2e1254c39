package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The hosts that are played on a guest's network, and their names: {@code host} is the gateway,
 * behind which is this host itself, and others have the names that they were given. Each has a
 * second name with {@code .internal} behind it. Threading: the network's.
 */
final class Names {
  /** The domain that guests are told. */
  static final String DOMAIN = "internal";

  static final String HOST = "host";
  private static final String DNS = "dns";
  private static final Pattern LABEL =
      Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?");
  private static final String SUFFIX = "." + DOMAIN;

  private final Subnet subnet;
  private final Map<String, List<IpAddress>> byName = new HashMap<>();
  private final Map<IpAddress, String> byAddress = new HashMap<>();
  private final Set<IpAddress> hosts = new HashSet<>();

  /**
   * @param played names of hosts that Java code plays, the first at the first such address
   */
  Names(Subnet subnet, List<String> played) {
    this.subnet = subnet;
    add(HOST, subnet::gateway);
    // What listens on this host's loopback does so by IPv4 in most cases.
    byName.put(HOST, List.of(subnet.gateway(false)));
    add(DNS, subnet::dns);
    for (int i = 0; i < played.size(); i++) {
      int number = Subnet.FIRST_PLAYED + i;
      add(played.get(i), ipv6 -> subnet.host(ipv6, number));
    }
    if (subnet.hasIpv6()) {
      hosts.add(Subnet.ROUTER_LINK_LOCAL);
    }
  }

  /** Whether a name can be one of a host's: letters, digits and hyphens, 63 at most. */
  static boolean isLabel(String name) {
    return LABEL.matcher(name).matches();
  }

  /** Whether it can be the name of a host that is not of every such network. */
  static boolean isFree(String name) {
    return isLabel(name) && !name.equalsIgnoreCase(HOST) && !name.equalsIgnoreCase(DNS);
  }

  private void add(String name, Function<Boolean, IpAddress> address) {
    IpAddress four = address.apply(false);
    set(name, subnet.hasIpv6() ? List.of(four, address.apply(true)) : List.of(four));
    hosts.addAll(byName.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
  }

  /** Names a host that may be a guest. */
  void set(String name, List<IpAddress> addresses) {
    String key = name.toLowerCase(Locale.ROOT);
    byName.put(key, addresses);
    addresses.forEach(address -> byAddress.put(address, key));
  }

  /** Whether it is a host that is played. */
  boolean isHost(IpAddress address) {
    return hosts.contains(address);
  }

  /** The addresses of a name, without a dot at its end; empty if it is no name here. */
  Optional<List<IpAddress>> addresses(String name) {
    String key = name.toLowerCase(Locale.ROOT);
    if (key.endsWith(SUFFIX)) {
      key = key.substring(0, key.length() - SUFFIX.length());
    }
    return Optional.ofNullable(byName.get(key));
  }

  /** The name of an address, with its domain. */
  Optional<String> name(IpAddress address) {
    return Optional.ofNullable(byAddress.get(address)).map(name -> name + SUFFIX);
  }
}
