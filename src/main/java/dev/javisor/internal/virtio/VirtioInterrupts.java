package dev.javisor.internal.virtio;

import dev.javisor.internal.pci.Msix;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How a device interrupts its driver: by MSI-X, or, while that is off, by bits of ISR status that a
 * driver finds when it looks. Source: virtio 1.3 §4.1.4.5, §4.1.5.3, §4.1.5.4.
 *
 * <p>Threading: any thread.
 */
final class VirtioInterrupts {
  private static final int QUEUE = 1;
  private static final int CONFIG = 2;

  private final Msix msix;
  private final AtomicInteger isr = new AtomicInteger();
  private volatile int configVector = QueueRegisters.NO_VECTOR;

  VirtioInterrupts(Msix msix) {
    this.msix = msix;
  }

  /** Something was used in a queue. */
  void queue(int vector) {
    if (msix.enabled()) {
      msix.trigger(vector);
    } else {
      isr.getAndUpdate(bits -> bits | QUEUE);
    }
  }

  /** The configuration, or the device status, changed. */
  void config() {
    isr.getAndUpdate(bits -> bits | CONFIG);
    msix.trigger(configVector);
  }

  /** The driver reads ISR status, which clears it. */
  int readIsr() {
    return isr.getAndSet(0);
  }

  int isr() {
    return isr.get();
  }

  int configVector() {
    return configVector;
  }

  /** A vector as the driver wants it: none, if there is no such vector. */
  int valid(int vector) {
    return vector < msix.vectors() ? vector : QueueRegisters.NO_VECTOR;
  }

  void configVector(int vector) {
    configVector = valid(vector);
  }

  void reset() {
    isr.set(0);
    configVector = QueueRegisters.NO_VECTOR;
  }

  void restore(int bits, int vector) {
    isr.set(bits);
    configVector(vector);
  }
}
