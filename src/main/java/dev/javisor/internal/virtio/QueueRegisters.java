package dev.javisor.internal.virtio;

/**
 * What a driver set up for one queue, as the common configuration structure shows it: virtio 1.3
 * §4.1.4.3.
 *
 * <p>Threading: under the transport's lock, but {@link #vector}, which any thread reads.
 */
final class QueueRegisters {
  /** No MSI-X vector: VIRTIO_MSI_NO_VECTOR. */
  static final int NO_VECTOR = 0xffff;

  final int maxSize;
  final int doorbell;
  int size;
  volatile int vector;
  boolean enabled;
  boolean resetting;
  long descriptorArea;
  long driverArea;
  long deviceArea;

  /**
   * @param maxSize what the size is after a reset
   * @param doorbell which of the notification addresses is the queue's
   */
  QueueRegisters(int maxSize, int doorbell) {
    this.maxSize = maxSize;
    this.doorbell = doorbell;
    reset();
  }

  void reset() {
    size = maxSize;
    vector = NO_VECTOR;
    enabled = false;
    resetting = false;
    descriptorArea = 0;
    driverArea = 0;
    deviceArea = 0;
  }

  /** Where the rings are, whatever its sense. */
  QueueConfig config() {
    return new QueueConfig(size, descriptorArea, driverArea, deviceArea);
  }

  QueueState save(QueuePosition position) {
    return new QueueState(size, vector, enabled, descriptorArea, driverArea, deviceArea, position);
  }

  void restore(QueueState state) {
    size = state.size();
    vector = state.vector();
    enabled = state.enabled();
    resetting = false;
    descriptorArea = state.descriptorArea();
    driverArea = state.driverArea();
    deviceArea = state.deviceArea();
  }
}
