package dev.javisor.internal.net.user;

import dev.javisor.internal.net.ip.IpAddress;
import java.net.InetSocketAddress;

/** Where hosts of a guest's network are found by sockets of this host. */
final class Outside {
  private static final int LOOPBACK4 = 0x7f00_0001;
  private static final int NET_LOOPBACK = 127;
  private static final int MULTICAST = 224;
  private static final long MULTICAST6 = 0xff;
  private static final long LINK_LOCAL6 = 0xfe80L >>> 6;
  private static final int V4_SHIFT = 24;

  private Outside() {}

  /** The address of a socket's other end: the gateway is this host itself. */
  static InetSocketAddress address(Subnet subnet, IpAddress target, int port) {
    if (target.equals(subnet.gateway(target.ipv6()))) {
      IpAddress loopback = target.ipv6() ? IpAddress.v6(0, 1) : IpAddress.v4(LOOPBACK4);
      return new InetSocketAddress(loopback.toInet(), port);
    }
    return new InetSocketAddress(target.toInet(), port);
  }

  /**
   * Whether an address can be that of one host elsewhere: no group's, no link's, and not the
   * guest's own, by which it would get at this host's.
   */
  static boolean isUsable(IpAddress address) {
    if (!address.ipv6()) {
      int first = (int) (address.low() >>> V4_SHIFT);
      return first != 0 && first != NET_LOOPBACK && first < MULTICAST;
    }
    long high = address.high();
    boolean special = high == 0 && (address.low() >>> 32 == 0 || address.low() >>> 32 == 0xffff);
    return !special && high >>> 56 != MULTICAST6 && high >>> 54 != LINK_LOCAL6;
  }
}
