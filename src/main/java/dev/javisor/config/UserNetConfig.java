package dev.javisor.config;

/**
 * A network that is played in this process: {@code net(net -> net.user())}. It needs no privileges,
 * no TAP interface and no other process. The guest gets its address by DHCP; it is alone on its
 * network with a gateway, a name server, and the hosts that Java code plays. What it sends to
 * others leaves by ordinary sockets of this process, as far as the policy allows. Values are
 * checked by {@code build()}.
 *
 * <p>UDP works where both sides keep to one pair of addresses and ports; datagrams longer than the
 * MTU and fragments are dropped. Pings of others than the hosts of the network are answered as
 * prohibited.
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

  /** What the guest is told that it is called, by DHCP. Default: nothing. */
  UserNetConfig hostName(String name);
}
