package dev.javisor.internal.virtio;

/**
 * The state of a queue, without requests under way.
 *
 * @param size what the driver chose, 0 to 65535
 * @param vector its MSI-X vector, 0xffff for none
 * @param enabled whether the driver enabled it
 * @param descriptorArea gpa of the descriptor table
 * @param driverArea gpa of the available ring
 * @param deviceArea gpa of the used ring
 * @param position how far the device is in it
 */
public record QueueState(
    int size,
    int vector,
    boolean enabled,
    long descriptorArea,
    long driverArea,
    long deviceArea,
    QueuePosition position) {
  public QueueState {
    if (size >>> 16 != 0 || vector >>> 16 != 0) {
      throw new IllegalArgumentException("queue of %d, vector %d".formatted(size, vector));
    }
  }

  /** Where the rings are, whatever its sense. */
  QueueConfig config() {
    return new QueueConfig(size, descriptorArea, driverArea, deviceArea);
  }
}
