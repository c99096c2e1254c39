package dev.javisor.internal.virtio;

/** Feature bits that mean the same for every device type: virtio 1.3 §6. */
public final class VirtioFeatures {
  /** VIRTIO_F_INDIRECT_DESC: descriptors that point to a table of descriptors. */
  public static final long INDIRECT_DESC = 1L << 28;

  /** VIRTIO_F_EVENT_IDX: notifications are suppressed by ring positions instead of flags. */
  public static final long EVENT_IDX = 1L << 29;

  /** VIRTIO_F_VERSION_1: the driver follows virtio 1.0 or newer, not the legacy interface. */
  public static final long VERSION_1 = 1L << 32;

  /** VIRTIO_F_RING_RESET: the driver can reset one queue. */
  public static final long RING_RESET = 1L << 40;

  /** The bits that a transport adds to what its device offers. */
  public static final long COMMON = INDIRECT_DESC | EVENT_IDX | VERSION_1 | RING_RESET;

  private VirtioFeatures() {}

  /** Whether all bits of the mask are set. */
  public static boolean has(long features, long mask) {
    return (features & mask) == mask;
  }
}
