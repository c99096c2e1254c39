package dev.javisor.internal.net.user;

import dev.javisor.config.NetPolicy;
import dev.javisor.internal.net.ip.IpAddress;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A user's policy. Of the addresses that guests were told for the names in it, the last {@value
 * #MOST_ADDRESSES} are open. Threading: the network's.
 */
final class PolicyEgress implements Egress {
  static final int MOST_ADDRESSES = 4096;

  private static final int ANY_PORT = 0;

  private final Subnet subnet;
  private final boolean all;
  private final List<TargetRule> rules;
  private final Map<IpAddress, Set<Integer>> opened =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<IpAddress, Set<Integer>> eldest) {
          return size() > MOST_ADDRESSES;
        }
      };

  PolicyEgress(Subnet subnet, NetPolicy policy) {
    this.subnet = subnet;
    all = policy.allowsAll();
    rules = policy.targets().stream().map(TargetRule::parse).toList();
  }

  @Override
  public boolean allows(String name) {
    return all || rules.stream().anyMatch(rule -> rule.isFor(name));
  }

  @Override
  public void told(String name, Collection<IpAddress> addresses) {
    for (TargetRule rule : rules) {
      if (rule.isFor(name)) {
        for (IpAddress address : addresses) {
          // Whoever has a name below the rule's chooses its addresses: not this host's loopback.
          if (!isGateway(address) || !rule.isWildcard()) {
            opened.computeIfAbsent(address, a -> new LinkedHashSet<>()).add(rule.port());
          }
        }
      }
    }
  }

  private boolean isGateway(IpAddress address) {
    return address.equals(subnet.gateway(address.ipv6()));
  }

  @Override
  public boolean allows(IpAddress address, int port) {
    if (all) {
      return true;
    }
    boolean host = isGateway(address);
    for (TargetRule rule : rules) {
      boolean about = host ? isHost(rule) : rule.isFor(address);
      if (about && rule.isForPort(port)) {
        return true;
      }
    }
    Set<Integer> ports = opened.get(address);
    return ports != null && (ports.contains(ANY_PORT) || ports.contains(port));
  }

  /** A network that has the gateway in it by chance does not mean this host. */
  private boolean isHost(TargetRule rule) {
    return rule.isOnly(subnet.gateway(false))
        || subnet.hasIpv6() && rule.isOnly(subnet.gateway(true))
        || !rule.isWildcard() && isHostName(rule);
  }

  private static boolean isHostName(TargetRule rule) {
    return rule.isFor(Names.HOST) || rule.isFor(Names.HOST + "." + Names.DOMAIN);
  }
}
