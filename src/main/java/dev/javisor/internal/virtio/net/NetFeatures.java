package dev.javisor.internal.virtio.net;

import dev.javisor.internal.net.Offloads;
import dev.javisor.internal.virtio.VirtioFeatures;

/** Feature bits and what they mean together: virtio 1.3 §5.1.3. */
final class NetFeatures {
  static final long CSUM = 1L;
  static final long GUEST_CSUM = 1L << 1;
  static final long CTRL_GUEST_OFFLOADS = 1L << 2;
  static final long MTU = 1L << 3;
  static final long MAC = 1L << 5;
  static final long GUEST_TSO4 = 1L << 7;
  static final long GUEST_TSO6 = 1L << 8;
  static final long GUEST_ECN = 1L << 9;
  static final long GUEST_UFO = 1L << 10;
  static final long HOST_TSO4 = 1L << 11;
  static final long HOST_TSO6 = 1L << 12;
  static final long HOST_ECN = 1L << 13;
  static final long HOST_UFO = 1L << 14;
  static final long MRG_RXBUF = 1L << 15;
  static final long STATUS = 1L << 16;
  static final long CTRL_VQ = 1L << 17;
  static final long GUEST_ANNOUNCE = 1L << 21;
  static final long MQ = 1L << 22;

  /** What CTRL_GUEST_OFFLOADS can switch. */
  static final long GUEST_OFFLOADS = GUEST_CSUM | GUEST_TSO4 | GUEST_TSO6 | GUEST_ECN | GUEST_UFO;

  private static final long NEEDS_CTRL_VQ = CTRL_GUEST_OFFLOADS | GUEST_ANNOUNCE | MQ;

  private NetFeatures() {}

  /** What a device offers. */
  static long offered(Offloads offloads, int pairs) {
    return MTU
        | MAC
        | MRG_RXBUF
        | STATUS
        | CTRL_VQ
        | GUEST_ANNOUNCE
        | (pairs > 1 ? MQ : 0)
        | (offloads.checksum() ? CSUM | GUEST_CSUM | CTRL_GUEST_OFFLOADS : 0)
        | (offloads.tso4() ? HOST_TSO4 | GUEST_TSO4 : 0)
        | (offloads.tso6() ? HOST_TSO6 | GUEST_TSO6 : 0)
        | (offloads.ecn() ? HOST_ECN | GUEST_ECN : 0)
        | (offloads.ufo() ? HOST_UFO | GUEST_UFO : 0);
  }

  /** Whether nothing is chosen without what it needs: §5.1.3.1. */
  static boolean consistent(long features) {
    return needs(features, GUEST_TSO4 | GUEST_TSO6 | GUEST_UFO, GUEST_CSUM)
        && needs(features, GUEST_ECN, GUEST_TSO4 | GUEST_TSO6)
        && needs(features, HOST_TSO4 | HOST_TSO6 | HOST_UFO, CSUM)
        && needs(features, HOST_ECN, HOST_TSO4 | HOST_TSO6)
        && needs(features, NEEDS_CTRL_VQ, CTRL_VQ);
  }

  private static boolean needs(long features, long any, long oneOf) {
    return (features & any) == 0 || (features & oneOf) != 0;
  }

  /** What the driver leaves to the device, in frames that it sends. */
  static Offloads toHost(long features) {
    return new Offloads(
        VirtioFeatures.has(features, CSUM),
        VirtioFeatures.has(features, HOST_TSO4),
        VirtioFeatures.has(features, HOST_TSO6),
        VirtioFeatures.has(features, HOST_ECN),
        VirtioFeatures.has(features, HOST_UFO));
  }

  /** What the driver takes over, in frames that it gets. */
  static Offloads toGuest(long features) {
    return new Offloads(
        VirtioFeatures.has(features, GUEST_CSUM),
        VirtioFeatures.has(features, GUEST_TSO4),
        VirtioFeatures.has(features, GUEST_TSO6),
        VirtioFeatures.has(features, GUEST_ECN),
        VirtioFeatures.has(features, GUEST_UFO));
  }
}
