package dev.javisor.internal.net.tcp;

import java.util.Locale;

/**
 * The two ends of a connection. An address of IPv6 is 16 bytes in network order as two halves; one
 * of IPv4 has the high half 0 and stands in the low 32 bits of the low half.
 *
 * @param ipv6 whether the addresses are of IPv6
 * @param remoteHigh address of the guest's end, high half
 * @param remoteLow address of the guest's end, low half
 * @param remotePort the guest's port, 0 to 65535
 * @param localHigh address of the end that the stack plays, high half
 * @param localLow address of the end that the stack plays, low half
 * @param localPort the port that the stack plays, 0 to 65535
 */
public record TcpAddresses(
    boolean ipv6,
    long remoteHigh,
    long remoteLow,
    int remotePort,
    long localHigh,
    long localLow,
    int localPort) {
  @Override
  public String toString() {
    return "%s -> %s"
        .formatted(text(remoteHigh, remoteLow, remotePort), text(localHigh, localLow, localPort));
  }

  private String text(long high, long low, int port) {
    if (ipv6) {
      return String.format(Locale.ROOT, "[%016x%016x]:%d", high, low, port);
    }
    return String.format(
        Locale.ROOT,
        "%d.%d.%d.%d:%d",
        low >>> 24 & 0xff,
        low >>> 16 & 0xff,
        low >>> 8 & 0xff,
        low & 0xff,
        port);
  }
}
