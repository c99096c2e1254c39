package dev.javisor.internal.net.ip;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The checksum of IPv4, TCP, UDP and ICMP: RFC 1071, with the pseudo headers of RFC 9293 §3.1 and
 * RFC 8200 §8.1.
 *
 * <p>A sum is the one's complement sum of 16-bit words in network order, folded to 0 to 0xffff and
 * not complemented. Sums of pieces are put together by {@link #add}; {@link #finish} makes the
 * header's field of a sum. A packet is intact if the sum over all of it, field and pseudo header
 * included, {@linkplain #intact is 0xffff}.
 *
 * <p>Buffers keep their positions, and their byte order does not matter. Threading: any.
 */
public final class InternetChecksum {
  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long LOW = 0xffff_ffffL;
  private static final int STRIDE = 4 * Long.BYTES;

  private InternetChecksum() {}

  /** The sum of what remains of a buffer. */
  public static int sum(ByteBuffer bytes) {
    return sum(bytes, bytes.position(), bytes.remaining());
  }

  /**
   * The sum of some bytes of a buffer; a last odd one counts as though a zero followed.
   *
   * @param index of the first, from the buffer's start
   * @param length in bytes
   */
  public static int sum(ByteBuffer bytes, int index, int length) {
    Objects.checkFromIndexSize(index, length, bytes.limit());
    int end = index + length;
    int i = index;
    // Words are added as the little-endian machine reads them and swapped once at the end: the sum
    // does not depend on the order of bytes (RFC 1071 §2 (B)). Halves of 32 bits leave room for
    // the carries of 2^31 bytes.
    long sum = 0;
    for (; i <= end - STRIDE; i += STRIDE) {
      long a = (long) LONGS.get(bytes, i);
      long b = (long) LONGS.get(bytes, i + 8);
      long c = (long) LONGS.get(bytes, i + 16);
      long d = (long) LONGS.get(bytes, i + 24);
      sum += (a & LOW) + (a >>> 32) + (b & LOW) + (b >>> 32);
      sum += (c & LOW) + (c >>> 32) + (d & LOW) + (d >>> 32);
    }
    for (; i <= end - 2; i += 2) {
      sum += bytes.get(i) & 0xff | (bytes.get(i + 1) & 0xff) << 8;
    }
    if (i < end) {
      sum += bytes.get(i) & 0xff;
    }
    return swap(fold(sum));
  }

  /**
   * The sum of two pieces, of which the second begins at an even offset from the packet's start.
   */
  public static int add(int sum, int other) {
    return fold((long) sum + other);
  }

  /** The sum of a piece as it counts if that begins at an odd offset from the packet's start. */
  public static int swap(int sum) {
    return (sum & 0xff) << 8 | sum >>> 8;
  }

  /**
   * The sum of the pseudo header in front of TCP, UDP or ICMPv6 over IPv6, or of TCP or UDP over
   * IPv4 with the high halves 0 and the address in the low 32 bits of the low halves.
   *
   * @param protocol the number of the protocol, such as 6 for TCP
   * @param length of the protocol's header and payload in bytes
   */
  public static int pseudoHeader(
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int protocol,
      int length) {
    long sum = halves(sourceHigh) + halves(sourceLow);
    sum += halves(destinationHigh) + halves(destinationLow);
    return fold(sum + protocol + (length & LOW));
  }

  /**
   * The sum of the pseudo header in front of TCP or UDP over IPv4.
   *
   * @param protocol the number of the protocol, such as 17 for UDP
   * @param length of the protocol's header and payload in bytes
   */
  public static int pseudoHeader(int source, int destination, int protocol, int length) {
    return pseudoHeader(0, source & LOW, 0, destination & LOW, protocol, length);
  }

  /** The field that belongs to a sum over a packet whose field was 0. */
  public static int finish(int sum) {
    return ~sum & 0xffff;
  }

  /** The same for UDP, where 0 would say that there is no checksum (RFC 768). */
  public static int finishUdp(int sum) {
    int field = finish(sum);
    return field == 0 ? 0xffff : field;
  }

  /** Whether a sum over a packet with its field, and with the pseudo header, is right. */
  public static boolean intact(int sum) {
    return sum == 0xffff;
  }

  private static long halves(long value) {
    return (value & LOW) + (value >>> 32);
  }

  private static int fold(long sum) {
    long folded = (sum >>> 32) + (sum & LOW);
    while (folded > 0xffff) {
      folded = (folded >>> 16) + (folded & 0xffff);
    }
    return (int) folded;
  }
}
