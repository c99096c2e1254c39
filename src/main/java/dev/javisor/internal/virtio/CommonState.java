package dev.javisor.internal.virtio;

import java.util.List;

/**
 * The state of a device's common configuration and ISR status: virtio 1.3 §4.1.4.3, §4.1.4.5.
 *
 * @param deviceFeatureSelect which feature bits the driver looks at
 * @param driverFeatureSelect which feature bits the driver writes
 * @param driverFeatures what the driver accepted
 * @param configVector MSI-X vector of configuration changes, 0xffff for none
 * @param status the device status field
 * @param generation the configuration's generation, 0 to 255
 * @param configChanged whether the configuration changed since the driver last read of it
 * @param queueSelect which queue the driver looks at
 * @param isr the ISR status, 0 to 3
 * @param queues one element each
 */
public record CommonState(
    int deviceFeatureSelect,
    int driverFeatureSelect,
    long driverFeatures,
    int configVector,
    int status,
    int generation,
    boolean configChanged,
    int queueSelect,
    int isr,
    List<QueueState> queues) {
  public CommonState {
    queues = List.copyOf(queues);
    if (configVector >>> 16 != 0
        || (status & ~DeviceStatus.ALL) != 0
        || generation >>> 8 != 0
        || queueSelect >>> 16 != 0
        || isr >>> 2 != 0) {
      throw new IllegalArgumentException(
          "virtio state out of bounds: vector %d, status 0x%x, generation %d, queue %d, ISR %d"
              .formatted(configVector, status, generation, queueSelect, isr));
    }
  }
}
