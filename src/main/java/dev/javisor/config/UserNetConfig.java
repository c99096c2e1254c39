package dev.javisor.config;

/**
 * A network that is played in this process: {@code net(net -> net.user())}. It needs no privileges,
 * no TAP interface and no other process. The guest gets its address by DHCP, and one of IPv6 by
 * router advertisement; it is on its network with a gateway, a name server, and the hosts that Java
 * code plays. What it sends to others leaves by ordinary sockets of this process, as far as the
 * policy allows. Values are checked by {@code build()}.
 *
 * <p>UDP works where both sides keep to one pair of addresses and ports; datagrams longer than the
 * MTU and fragments are dropped. Pings of others are passed on where ordinary users of this host
 * may ping ({@code net.ipv4.ping_group_range}), and answered as prohibited elsewhere.
 *
 * <p>What it drops is counted beside what the device counts: {@code user_malformed}, {@code
 * user_spoofed} (from an address that is not the guest's), {@code user_fragments}, {@code
 * user_unreachable}, {@code user_refused} (by the policy) and {@code user_overflowed} (no room).
 *
 * <pre>{@code
 * builder.net(
 *     net -> net.user(user -> user.policy(NetPolicy.only("example.org")).forward(8080, 80)));
 * }</pre>
 */
public interface UserNetConfig {
  /** Whom the guest may reach. Default {@link NetPolicy#all}. */
  UserNetConfig policy(NetPolicy policy);

  /**
   * The IPv4 network, such as {@code 10.0.2.0/24}, with a prefix of 8 to 24 bits: the gateway is
   * number 2 there, the name server 3, the guest 15. Default: {@code 10.0.2.0/24}, or one after it
   * that this host is not on.
   */
  UserNetConfig network(String network);

  /**
   * Lets a port of this host's loopback, 127.0.0.1, lead to a TCP port of the guest; each call adds
   * one. {@code VirtualMachine.port} tells free ones that were chosen, and opens others later.
   *
   * @param hostPort or 0 for a free one
   */
  UserNetConfig forward(int hostPort, int guestPort);

  /**
   * Lets Java code answer as a host on the guest's network, which the guest finds by its name; each
   * call adds a port. At most 256 connections are served at once, each on a thread of its own.
   *
   * @param name of the host: letters, digits and hyphens. Up to 128 hosts
   * @param port of TCP
   */
  UserNetConfig listen(String name, int port, NetHandler handler);

  /** What the guest is told that it is called, by DHCP. Default: nothing. */
  UserNetConfig hostName(String name);
}
