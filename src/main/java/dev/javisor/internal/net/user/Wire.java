package dev.javisor.internal.net.user;

/** Numbers of Ethernet, IP, UDP and ICMP: RFC 791, RFC 8200, RFC 768, RFC 792, RFC 4443. */
final class Wire {
  static final int ETHERNET = 14;
  static final int TYPE_OFFSET = 12;
  static final int ETHERTYPE_IPV4 = 0x0800;
  static final int ETHERTYPE_ARP = 0x0806;
  static final int ETHERTYPE_IPV6 = 0x86dd;
  static final long BROADCAST_MAC = 0xffff_ffff_ffffL;

  static final int IPV4_HEADER = 20;
  static final int IPV6_HEADER = 40;
  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int ICMPV6 = 58;
  static final int UDP_HEADER = 8;
  static final int TCP_HEADER = 20;
  static final int ICMP_HEADER = 8;

  static final int DNS_PORT = 53;
  static final int DHCP_SERVER_PORT = 67;
  static final int DHCP_CLIENT_PORT = 68;

  private Wire() {}
}
