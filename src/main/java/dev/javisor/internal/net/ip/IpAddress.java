package dev.javisor.internal.net.ip;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An address of IPv4 or IPv6 as two numbers. One of IPv6 is 16 bytes in network order as two
 * halves; one of IPv4 has the high half 0 and stands in the low 32 bits of the low half.
 *
 * @param ipv6 whether it is of IPv6
 * @param high the high half
 * @param low the low half
 */
public record IpAddress(boolean ipv6, long high, long low) {
  private static final long V4_BITS = 0xffff_ffffL;
  private static final int V4_BYTES = 4;
  private static final int V6_BYTES = 16;

  /** An address of IPv4 by its 32 bits. */
  public static IpAddress v4(int bits) {
    return new IpAddress(false, 0, bits & V4_BITS);
  }

  /** An address of IPv6 by its halves. */
  public static IpAddress v6(long high, long low) {
    return new IpAddress(true, high, low);
  }

  /** The same address. */
  public static IpAddress of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == V4_BYTES
        ? v4(bytes.getInt())
        : v6(bytes.getLong(), bytes.getLong());
  }

  /** The 32 bits of an address of IPv4. */
  public int v4Bits() {
    return (int) low;
  }

  /** How many bytes it has: 4 or 16. */
  public int length() {
    return ipv6 ? V6_BYTES : V4_BYTES;
  }

  /** Puts it, in network order, to the buffer's position. */
  public void put(ByteBuffer target) {
    if (ipv6) {
      target.putLong(high).putLong(low);
    } else {
      target.putInt((int) low);
    }
  }

  /** Whether it is in the network of another address. */
  public boolean isIn(IpAddress network, int prefix) {
    if (ipv6 != network.ipv6) {
      return false;
    }
    if (!ipv6) {
      return prefix == 0 || (low ^ network.low) >>> (32 - prefix) == 0;
    }
    if (prefix <= 64) {
      return prefix == 0 || (high ^ network.high) >>> (64 - prefix) == 0;
    }
    return high == network.high && (low ^ network.low) >>> (128 - prefix) == 0;
  }

  /** The same address for sockets. */
  public InetAddress toInet() {
    ByteBuffer bytes = ByteBuffer.allocate(length());
    put(bytes);
    try {
      return InetAddress.getByAddress(bytes.array());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("%d bytes".formatted(bytes.capacity()), e);
    }
  }

  @Override
  public String toString() {
    return toInet().getHostAddress();
  }
}
