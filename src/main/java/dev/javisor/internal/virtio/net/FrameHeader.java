package dev.javisor.internal.virtio.net;

import dev.javisor.internal.net.NetPort;
import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.virtio.BufferList;

/**
 * The header in front of each frame (virtio 1.3 §5.1.6), and whether it makes sense. The guest may
 * change it after it was looked at: whoever acts on it looks for himself, as the kernel does.
 */
final class FrameHeader {
  /** The shortest frame: the header of Ethernet. */
  static final int LEAST_FRAME = 14;

  /** What a frame may have beside its payload: addresses, type, and two VLAN tags. */
  static final int OVERHEAD = 22;

  /** The longest frame that is yet to be cut. */
  static final int MOST_SEGMENTED = 65535 + OVERHEAD;

  /** Offset of num_buffers, 16 bits. */
  static final int NUM_BUFFERS = 10;

  private static final int NEEDS_CSUM = 1;
  private static final int DATA_VALID = 2;
  private static final int GSO_TCPV4 = 1;
  private static final int GSO_UDP = 3;
  private static final int GSO_TCPV6 = 4;
  private static final int GSO_ECN = 0x80;
  private static final int CHECKSUM_BYTES = 2;

  private FrameHeader() {}

  /**
   * Whether a frame that a driver sends may go on.
   *
   * @param chain header and frame
   * @param mtu the longest payload of a frame that is not to be cut
   */
  static boolean maySend(BufferList chain, Offloads agreed, int mtu) {
    long length = chain.bytes() - NetPort.HEADER;
    if (length < LEAST_FRAME || length > MOST_SEGMENTED) {
      return false;
    }
    long header = chain.readLong(0);
    int flags = (int) header & 0xff;
    int gso = (int) (header >>> 8) & 0xff;
    if (gso == 0 && length > mtu + OVERHEAD) {
      return false;
    }
    if ((flags & NEEDS_CSUM) != 0) {
      int start = (int) (header >>> 48);
      int offset = chain.readInt(Long.BYTES) & 0xffff;
      if (!agreed.checksum() || start + offset + CHECKSUM_BYTES > length) {
        return false;
      }
    }
    if (gso != 0) {
      int headers = (int) (header >>> 16) & 0xffff;
      int size = (int) (header >>> 32) & 0xffff;
      return allows(agreed, gso) && (flags & NEEDS_CSUM) != 0 && size > 0 && headers <= length;
    }
    return true;
  }

  /** Whether a driver understands a frame with this beginning. */
  static boolean mayReceive(int flags, int gso, Offloads agreed) {
    boolean checksum = (flags & (NEEDS_CSUM | DATA_VALID)) == 0 || agreed.checksum();
    return checksum && (gso == 0 || allows(agreed, gso));
  }

  private static boolean allows(Offloads agreed, int gso) {
    boolean ecn = (gso & GSO_ECN) == 0 || agreed.ecn();
    return ecn
        && switch (gso & ~GSO_ECN) {
          case GSO_TCPV4 -> agreed.tso4();
          case GSO_TCPV6 -> agreed.tso6();
          case GSO_UDP -> agreed.ufo();
          default -> false;
        };
  }
}
