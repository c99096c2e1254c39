package dev.javisor.internal.net.user;

import dev.javisor.config.NetHandler;
import dev.javisor.config.NetPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user-mode network as it was asked for; values are checked.
 *
 * @param subnet where the guest is; null for one that is free
 * @param policy whom it may reach
 * @param hostName what the guest is told that it is called; null for nothing
 * @param forwards ports of this host that lead to it
 * @param services hosts that Java code plays
 */
public record UserSpec(
    @Nullable Subnet4 subnet,
    NetPolicy policy,
    @Nullable String hostName,
    List<Forward> forwards,
    List<Service> services) {
  public UserSpec {
    forwards = List.copyOf(forwards);
    services = List.copyOf(services);
  }

  /** One without forwards and services. */
  public UserSpec(@Nullable Subnet4 subnet, NetPolicy policy, @Nullable String hostName) {
    this(subnet, policy, hostName, List.of(), List.of());
  }

  /**
   * A port of this host's loopback that leads to the guest.
   *
   * @param hostPort or 0 for a free one
   * @param guestPort of the guest
   */
  public record Forward(int hostPort, int guestPort) {}

  /**
   * A port of a host that Java code plays.
   *
   * @param name of the host; services of one name share its address
   * @param port of the host
   * @param handler serves connections
   */
  public record Service(String name, int port, NetHandler handler) {
    @Override
    public String toString() {
      return name + ":" + port;
    }
  }

  /**
   * An IPv4 network.
   *
   * @param network its address
   * @param prefix its length in bits
   */
  public record Subnet4(int network, int prefix) {}
}
