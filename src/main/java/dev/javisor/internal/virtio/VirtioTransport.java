package dev.javisor.internal.virtio;

/** What a device may ask of its transport. Threading: any thread, at any time after its attach. */
public interface VirtioTransport {
  /**
   * Makes {@link VirtioDevice#service} run for a worker, soon: a request was completed on another
   * thread, say, or input came. Never blocks. Nothing happens while no queue of it is started.
   */
  void wake(int worker);

  /**
   * The host's event descriptor of which a signal does what {@link #wake} does, or -1 if there is
   * none: see {@link dev.javisor.internal.bus.QueueWorker#descriptor}.
   */
  default int wakeDescriptor(int worker) {
    return -1;
  }

  /**
   * Makes a descriptor of the host's do what {@link #wake} does: see {@link
   * dev.javisor.internal.bus.QueueWorker#watch}.
   */
  default void watch(int worker, int descriptor, String name) {
    throw new UnsupportedOperationException("nothing watches descriptors here");
  }

  /** Ends {@link #watch}. */
  default void unwatch(int worker, int descriptor) {}

  /**
   * Changes what {@link VirtioDevice#readConfig} returns, as one step in the driver's eyes, and
   * tells the driver (virtio 1.3 §2.5.1, configuration change notification).
   *
   * @param change sets the device's fields; runs in the call, under the transport's lock: it must
   *     not block, and the caller holds no lock that {@link VirtioDevice#readConfig} takes
   */
  void changeConfig(Runnable change);

  /**
   * The device cannot go on until the driver resets it (DEVICE_NEEDS_RESET, virtio 1.3 §2.1.2): the
   * host let it down. Its queues are not serviced until then.
   *
   * @param why for the log
   */
  void needsReset(String why);
}
