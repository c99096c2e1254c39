package dev.javisor.config;

import java.util.List;

/**
 * Whom a guest may reach from a {@linkplain UserNetConfig user-mode network}. Hosts that Java code
 * plays, the gateway's pings and the names of all these are there in any case.
 *
 * <pre>{@code
 * builder.net(net -> net.user(user -> user.policy(NetPolicy.none()))); // it reaches nobody
 * }</pre>
 */
public final class NetPolicy {
  private static final NetPolicy ALL = new NetPolicy("all", List.of());
  private static final NetPolicy NONE = new NetPolicy("none", List.of());

  private final String kind;
  private final List<String> targets;

  private NetPolicy(String kind, List<String> targets) {
    this.kind = kind;
    this.targets = targets;
  }

  /**
   * Whatever a program of this user can reach from this host; by the name {@code host} also what
   * listens on this host's loopback.
   */
  public static NetPolicy all() {
    return ALL;
  }

  /** Nobody; other names are not answered either. */
  public static NetPolicy none() {
    return NONE;
  }

  /**
   * These only. Each is a host, and behind a colon a port if it is not about all of them: {@code
   * www.example.org:443}, {@code *.example.org} for all names that end so, {@code 192.0.2.7:5432},
   * {@code 192.0.2.0/24}, {@code [2001:db8::1]:80}, {@code host:8080} for this host's loopback. A
   * name opens the addresses that the guest was told when it asked for it, and so whatever else is
   * found there. This host's loopback, which is behind the gateway, is open to {@code host}, the
   * gateway's own address, and a name without {@code *} that this host takes for its loopback; a
   * network such as {@code 10.0.0.0/8} or {@code 0.0.0.0/0} does not open it, whatever the
   * gateway's address is.
   *
   * @param targets checked by {@code build()}
   */
  public static NetPolicy only(String... targets) {
    return new NetPolicy("only", List.of(targets));
  }

  /** Whether there is no limit. */
  public boolean allowsAll() {
    return this == ALL;
  }

  /** The hosts and ports of {@link #only}; else none. */
  public List<String> targets() {
    return targets;
  }

  @Override
  public String toString() {
    return targets.isEmpty() ? kind : kind + " " + targets;
  }
}
