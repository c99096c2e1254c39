package dev.javisor.internal.virtio;

/**
 * Takes what a guest prints on a virtio console.
 *
 * <p>Threading: called on the device's worker, or on a vCPU's thread for an emergency write, one
 * call at a time for each device, with the device's output lock held. Never blocks, never throws,
 * and never calls the device.
 */
@FunctionalInterface
public interface ConsoleSink {
  /**
   * Takes the next bytes.
   *
   * @param bytes the device's; they change after the call
   */
  void write(byte[] bytes, int offset, int length);
}
