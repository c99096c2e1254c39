package dev.javisor.internal.virtio;

/**
 * Where a driver put a split virtqueue: virtio 1.3 §2.7.
 *
 * @param size number of descriptors, a power of two from 1 to {@link #MAX_SIZE}
 * @param descriptorArea gpa of the descriptor table, a multiple of 16
 * @param driverArea gpa of the available ring, a multiple of 2
 * @param deviceArea gpa of the used ring, a multiple of 4
 */
public record QueueConfig(int size, long descriptorArea, long driverArea, long deviceArea) {
  /** The largest split virtqueue: virtio 1.3 §2.7. */
  public static final int MAX_SIZE = 32768;

  /** Whether a queue can have this size. */
  public static boolean validSize(int size) {
    return size > 0 && size <= MAX_SIZE && Integer.bitCount(size) == 1;
  }

  /** Bytes of the descriptor table. */
  long descriptorBytes() {
    return 16L * size;
  }

  /** Bytes of the available ring, with the used_event field at its end. */
  long driverBytes() {
    return 6L + 2L * size;
  }

  /** Bytes of the used ring, with the avail_event field at its end. */
  long deviceBytes() {
    return 6L + 8L * size;
  }
}
