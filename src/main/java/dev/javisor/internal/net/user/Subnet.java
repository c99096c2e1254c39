package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;

/**
 * The network that a guest is on, and which hosts are played there. The network's first address is
 * nobody's; then follow one that is free, the gateway, the name server, and from 15 on guests;
 * hosts that Java code plays are from 100 on. With IPv6 it is likewise, in a /64.
 *
 * @param network the IPv4 network's address
 * @param prefix its length, 8 to 24 bits
 * @param high6 the IPv6 network's upper half; 0 for no IPv6
 */
record Subnet(int network, int prefix, long high6) {
  /** Unique local addresses (RFC 4193); the network is as private as it can be. */
  static final long USUAL_HIGH6 = 0xfd6a_7669_736f_0000L;

  /** The MAC address of all hosts that are played: locally administered. */
  static final long HOST_MAC = 0x5255_0a00_0202L;

  /** fe80::2, where routers have to have an address of the link (RFC 4861 §6.1.2). */
  static final IpAddress ROUTER_LINK_LOCAL = IpAddress.v6(0xfe80L << 48, 2);

  static final int FIRST_GUEST = 15;
  static final int MOST_GUESTS = 80;
  static final int FIRST_PLAYED = 100;
  static final int MOST_PLAYED = 128;

  private static final int GATEWAY = 2;
  private static final int DNS = 3;

  int mask() {
    return -1 << (32 - prefix);
  }

  boolean hasIpv6() {
    return high6 != 0;
  }

  IpAddress host(boolean ipv6, int number) {
    return ipv6 ? IpAddress.v6(high6, number) : IpAddress.v4(network + number);
  }

  IpAddress gateway(boolean ipv6) {
    return host(ipv6, GATEWAY);
  }

  IpAddress dns(boolean ipv6) {
    return host(ipv6, DNS);
  }

  IpAddress broadcast() {
    return IpAddress.v4(network | ~mask());
  }

  /** Whether an address belongs to the network, whoever has it. */
  boolean contains(IpAddress address) {
    return address.ipv6()
        ? hasIpv6() && address.high() == high6
        : (address.v4Bits() & mask()) == network;
  }

  /** Whether it is the gateway's, the name server's, or one for Java code, whoever has it. */
  boolean isPlayed(IpAddress address) {
    if (!contains(address)) {
      return address.equals(ROUTER_LINK_LOCAL);
    }
    long number = number(address);
    return number == GATEWAY
        || number == DNS
        || number >= FIRST_PLAYED && number < FIRST_PLAYED + MOST_PLAYED;
  }

  /** Whether a guest may send from it. */
  boolean isGuests(IpAddress address) {
    if (isPlayed(address)) {
      return false;
    }
    if (hasIpv6() && address.ipv6() && address.high() == ROUTER_LINK_LOCAL.high()) {
      return true;
    }
    if (!contains(address)) {
      return false;
    }
    return address.ipv6() || number(address) != 0 && !address.equals(broadcast());
  }

  private long number(IpAddress address) {
    return address.ipv6() ? address.low() : address.v4Bits() & ~mask();
  }
}
